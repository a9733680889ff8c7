#!/usr/bin/env python
import os
import signal
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # Ctrl-C ends a command without a traceback; what it was writing to the database is rolled back.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iucn_ca.settings.production")
    execute_from_command_line(sys.argv)
