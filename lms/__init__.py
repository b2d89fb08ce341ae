"""The project: settings, addresses, and the foundations every product app stands on."""

from lms.celery import app as celery_app

__all__ = ["celery_app"]
