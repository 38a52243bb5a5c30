"""Accounts: who is gone is gone."""

from django.utils.translation import gettext_lazy as _

from shop.audit.invariants import Invariant


class ErasedAccountsNameNobody(Invariant):
    """Erasing leaves nothing of a person in any table that belongs to an account."""

    statement = _("an erased account names nobody")
    query = """
        SELECT 'user ' || left_over.id AS row, '' AS expected, left_over.found
        FROM (
            SELECT u.id, concat_ws(' ',
                CASE WHEN u.email !~ '^deleted-[0-9]+-[0-9a-f]+@shop[.]invalid$' THEN 'email' END,
                CASE WHEN u.username <> u.email THEN 'username' END,
                CASE WHEN u.name <> '' THEN 'name' END,
                CASE WHEN u.phone <> '' THEN 'phone' END,
                CASE WHEN u.birthday IS NOT NULL THEN 'birthday' END,
                CASE WHEN u.avatar_name <> '' THEN 'avatar_name' END,
                CASE WHEN u.is_active THEN 'is_active' END,
                CASE WHEN u.password NOT LIKE '!%' THEN 'password' END,
                CASE WHEN EXISTS (SELECT 1 FROM accounts_address t WHERE t.user_id = u.id) THEN 'address' END,
                CASE WHEN EXISTS (SELECT 1 FROM accounts_avatar t WHERE t.user_id = u.id) THEN 'avatar' END,
                CASE WHEN EXISTS (SELECT 1 FROM accounts_profilechange t WHERE t.user_id = u.id)
                    THEN 'profilechange' END,
                CASE WHEN EXISTS (SELECT 1 FROM accounts_emailchange t WHERE t.user_id = u.id) THEN 'emailchange' END,
                CASE WHEN EXISTS (SELECT 1 FROM accounts_dataexport t WHERE t.user_id = u.id) THEN 'dataexport' END,
                CASE WHEN EXISTS (SELECT 1 FROM account_emailaddress t WHERE t.user_id = u.id)
                    THEN 'emailaddress' END,
                CASE WHEN EXISTS (SELECT 1 FROM mfa_authenticator t WHERE t.user_id = u.id) THEN 'authenticator' END,
                CASE WHEN EXISTS (SELECT 1 FROM socialaccount_socialaccount t WHERE t.user_id = u.id)
                    THEN 'socialaccount' END,
                CASE WHEN EXISTS (SELECT 1 FROM cart_cart t WHERE t.user_id = u.id) THEN 'cart' END,
                CASE WHEN EXISTS (
                    SELECT 1 FROM orders_order t WHERE t.user_id = u.id
                    AND (t.email <> u.email OR concat(t.name, t.phone, t.street, t.postcode, t.note) <> '')
                ) THEN 'order' END
            ) AS found
            FROM accounts_user u JOIN accounts_erasure e ON e.user_id = u.id WHERE e.done_at IS NOT NULL
        ) left_over
        WHERE left_over.found <> '' ORDER BY left_over.id"""
    repair = _(
        "Columns or tables that are named here still hold something of a person who was promised otherwise: usually a "
        "backup was restored. Empty them, and tell whoever answers for data protection."
    )


class LockedAccountsHaveNoSession(Invariant):
    """Who is shut out is out at once."""

    statement = _("nobody is signed in with an account that is locked or erased")
    query = """
        SELECT 'user ' || u.id AS row, 0 AS expected, count(*) AS found
        FROM accounts_user u
        JOIN usersessions_usersession s ON s.user_id = u.id
        JOIN django_session kept ON kept.session_key = s.session_key AND kept.expire_date > now()
        WHERE NOT u.is_active GROUP BY u.id ORDER BY u.id"""
    repair = _(
        "The account was shut by hand and its sessions went on. Unlock it and lock it again in the back office, which "
        "ends them; an erased one needs its sessions deleted."
    )


class ExportsArePacked(Invariant):
    """Who asks for the own data gets it."""

    statement = _("data that somebody wants to take away is packed within an hour")
    query = """
        SELECT 'export ' || e.id AS row, e.asked_at AS since FROM accounts_dataexport e
        WHERE e.ready_at IS NULL AND e.asked_at < now() - interval '1 hour' ORDER BY e.id"""
    repair = _("Worker or beat do not run, or the packing fails: run manage.py doctor, then read the worker's log.")
