"""The cache in front of the site, which is told of what is published."""

import logging
from functools import partial
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.db import transaction
from wagtail.contrib.frontend_cache.backends.http import HTTPBackend, PurgeRequest

logger = logging.getLogger(__name__)

LONGEST_WAIT = 2  # seconds, of whoever publishes


class PurgeBackend(HTTPBackend):
    """Wagtail's own waits for an answer for ever."""

    def purge(self, url):
        # Told earlier, it would fetch what is not published yet.
        transaction.on_commit(partial(self.tell, url), robust=True)

    def tell(self, url):
        page = urlsplit(url)
        address = page._replace(scheme=self.cache_scheme, netloc=self.cache_netloc).geturl()
        try:
            urlopen(PurgeRequest(address, headers={"Host": page.netloc}), timeout=LONGEST_WAIT).close()
        except HTTPError as error:
            logger.error("%s was not purged: the cache in front answers %s", url, error.code)
        except OSError as error:
            logger.error("%s was not purged: %s", url, error)
