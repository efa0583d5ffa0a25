"""What readers open, one subject a file. GET changes nothing anywhere: mail scanners follow every link.

No view sets a cookie. The sign-up is guarded by origin, the others by the token in their address, so none needs
a CSRF token; and RFC 8058 forbids asking for one when unsubscribing.
"""
