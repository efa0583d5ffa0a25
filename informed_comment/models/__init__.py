from informed_comment.models.audit import AuditEntry
from informed_comment.models.backups import BackupRun
from informed_comment.models.edition import CdnState, Edition
from informed_comment.models.erasure import Erasure
from informed_comment.models.publication import Publication
from informed_comment.models.redirects import Gone, Redirect, RedirectPattern
from informed_comment.models.reports import PolicyReport
from informed_comment.models.signing_in import RecoveryCode, SecondStep, SignInLink, StaffSession
from informed_comment.models.spent import Spent
from informed_comment.models.watching import JobProblem, WatchedLight

__all__ = [
    "AuditEntry",
    "BackupRun",
    "CdnState",
    "Edition",
    "Erasure",
    "Gone",
    "JobProblem",
    "PolicyReport",
    "Publication",
    "RecoveryCode",
    "Redirect",
    "RedirectPattern",
    "SecondStep",
    "SignInLink",
    "Spent",
    "StaffSession",
    "WatchedLight",
]
