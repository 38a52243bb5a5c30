"""Makes our operators' site Django's default admin site."""

from django.contrib.admin.apps import AdminConfig


class OperatorsAdminConfig(AdminConfig):
    """The admin app; its default site is ours."""

    default_site = "core.admin.OperatorsSite"
