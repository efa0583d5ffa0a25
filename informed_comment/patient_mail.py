"""Django's way to a mail server, with the patience that a text needs.

Some servers look for viruses before they answer. Whoever gives up before that and tries again sends everybody a second copy.
"""

import smtplib

from django.core.mail.backends import smtp

ANSWER = 600  # seconds for the answer to the text, RFC 5321 4.5.3.2.6


class PatientWithTexts:
    def data(self, msg):
        sock = self.sock
        usual = sock.gettimeout()
        sock.settimeout(max(ANSWER, usual or 0))
        try:
            return super().data(msg)
        finally:
            sock.settimeout(usual)


class Line(PatientWithTexts, smtplib.SMTP):
    pass


class LineWithTls(PatientWithTexts, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self):
        return LineWithTls if self.use_ssl else Line
