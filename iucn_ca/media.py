"""Pictures and documents in a bucket like those of S3, which several machines share."""

from functools import wraps
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name


def said_plainly(method):
    """A store that is away or refuses is a ConnectionError, whatever its library raises."""

    @wraps(method)
    def asked(*args, **options):
        try:
            return method(*args, **options)
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise ConnectionError(f"The store of the media: {error}") from error

    return asked


class Bucket(S3Storage):
    """Nobody but the site reads it: what is public of it has its address on the site, as with a folder."""

    def get_default_settings(self):
        return super().get_default_settings() | {
            "client_config": Config(
                connect_timeout=2,
                read_timeout=5,
                retries={"mode": "standard", "total_max_attempts": 2},
                # Not every other store knows the checksums that Amazon's takes since 2025.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            "transfer_config": TransferConfig(use_threads=False),
        }

    def url(self, name, **options):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    @said_plainly
    def _open(self, name, mode="rb"):
        # As a whole and with one question, where the library asks three: no answer breaks off when the store goes away.
        try:
            answer = self.bucket.Object(self._normalize_name(clean_name(name))).get()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise
        return ContentFile(answer["Body"].read(), name=name)

    _save, exists, delete, size = map(
        said_plainly, (S3Storage._save, S3Storage.exists, S3Storage.delete, S3Storage.size)
    )
