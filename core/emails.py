"""One way to write an email address."""


def canonical(email: str) -> str:
    """Return an address in lower case, its domain in Unicode: the same for all ways to write one mailbox.

    Mails go to the domain as IDNA 2003 encodes it, so what is equal there is equal here. A domain that cannot be
    encoded stays as it was typed.
    """
    name, at, domain = email.strip().lower().rpartition("@")
    try:
        return f"{name}{at}{domain.encode('idna').decode('idna')}"
    except UnicodeError:
        return f"{name}{at}{domain}"
