"""The log: on standard error, a JSON object in each line; for whoever looks on at a terminal, plain lines."""

import sys

from pythonjsonlogger.core import RESERVED_ATTRS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "iucn_ca.logs.RequestId"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": ["asctime", "levelname", "name", "message", "request_id"],
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "rename_fields": {
                "asctime": "time",
                "levelname": "level",
                "name": "log",
                "message": "event",
                "exc_info": "traceback",
            },
            # Django hands over the whole request, cookies and all.
            "reserved_attrs": [*RESERVED_ATTRS, "request"],
        },
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line" if sys.stderr.isatty() else "json",
            "filters": ["request"],
        },
        "audit": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Each instead of its own handlers, Django's and gunicorn's: what they say goes up to the root.
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        "gunicorn.error": {"handlers": [], "propagate": True},
        # iucn_ca/audit.py says of each failure what is needed.
        "axes": {"level": "ERROR"},
        "audit": {"handlers": ["audit"], "level": "INFO", "propagate": False},
    },
}


def with_error_mail(log, server, to):
    mail = {
        "()": "iucn_ca.logs.ErrorMail",
        "filters": ["request"],
        "to": to,
        "server": {
            "backend": server["EMAIL_BACKEND"],
            "host": server["EMAIL_HOST"],
            "port": server["EMAIL_PORT"] or 25,
            "username": server["EMAIL_HOST_USER"],
            "password": server["EMAIL_HOST_PASSWORD"],
            "use_tls": server.get("EMAIL_USE_TLS", False),
            "use_ssl": server.get("EMAIL_USE_SSL", False),
            "timeout": 10,
        },
    }
    root = log["root"] | {"handlers": [*log["root"]["handlers"], "mail"]}
    return log | {"handlers": log["handlers"] | {"mail": mail}, "root": root}
