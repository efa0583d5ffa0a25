"""How a migration behaves beside a site that is in use, whose old code goes on for a while (docs/decisions/0055).

`complaints()` says of a migration what it does that makes readers or editors wait, or breaks the code of the release before.
"""

import re

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import models
from django.db.migrations import operations as ops
from django.db.models.functions import Now

from informed_comment.stepwise import Stepwise

RELEASED = "0.1.0"
CONTRACTS = (ops.RemoveField, ops.DeleteModel, ops.RenameField, ops.RenameModel, ops.AlterModelTable)
LONG_SQL = {
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": "makes an index without CONCURRENTLY",
    r"\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b": "rewrites a table (TYPE)",
    r"\bSET\s+NOT\s+NULL\b": "reads a whole table under lock (SET NOT NULL)",
    r"\bADD\s+CONSTRAINT\b(?!.*(NOT\s+VALID|USING\s+INDEX))": "adds a constraint that is not NOT VALID",
    r"\bSET\s+(UN)?LOGGED\b": "rewrites a table",
    r"\b(CLUSTER|VACUUM\s+FULL|LOCK\s+TABLE|REINDEX\s+(?!.*CONCURRENTLY))": "locks a table for long",
    r"\bDROP\s+COLUMN\b|\bRENAME\s+(TO|COLUMN)\b": "takes away what the old code uses",
    r"\bUPDATE\s+\w+\s+SET\b(?!.*\bWHERE\b)": "changes every row at once",
}


def complaints(migration, before):
    """Sentences; `before` is the project's state at the migration."""
    made = {op.name.lower() for op in migration.operations if isinstance(op, ops.CreateModel)}
    state, found = before.clone(), []
    for op in flat(migration.operations):
        table = (getattr(op, "model_name", None) or getattr(op, "name", "")).lower()
        if table not in made:
            found += of(op, migration, state)
        op.state_forwards(migration.app_label, state)
    touches = [op for op in migration.operations if getattr(op, "model_name", "").lower() not in {*made, ""}]
    data = [op for op in migration.operations if isinstance(op, ops.RunPython) and not is_grant(op)]
    if migration.atomic and touches and data:
        found.append("changes a table and its rows in one transaction: two migrations")
    if not migration.atomic and len(migration.operations) > 1 and not isinstance(migration, Stepwise):
        found.append("cannot be begun again where it gave up: Stepwise (informed_comment/stepwise.py)")
    return found


def flat(operations):
    for op in operations:
        if isinstance(op, ops.SeparateDatabaseAndState):
            yield from op.database_operations
        else:
            yield op


def is_grant(op):
    return getattr(op.code, "__module__", "") == "informed_comment.groups"


def of(op, migration, state):
    if isinstance(op, ops.AddIndex) and not isinstance(op, AddIndexConcurrently):
        return [f"{op.index.name}: stepwise.Index, in a migration that is Stepwise"]
    if isinstance(op, ops.AddConstraint) and not isinstance(op, AddConstraintNotValid):
        return of_constraint(op.constraint)
    if isinstance(op, ops.AddField):
        return of_new(op.name, op.field)
    if isinstance(op, ops.AlterField):
        return of_changed(
            op.name, state.models[migration.app_label, op.model_name_lower].fields[op.name], op.field
        )
    if isinstance(op, (ops.AlterUniqueTogether, ops.AlterIndexTogether)):
        return ["makes an index under lock"]
    if isinstance(op, CONTRACTS) and getattr(migration, "contracts", RELEASED) <= RELEASED:
        return [
            f'{type(op).__name__}: only when the release before does without it; that is then named as `contracts = "0.2.0"`'
        ]
    if isinstance(op, ops.RunPython) and not is_grant(op) and not (op.hints or {}).get("in_batches"):
        return ['RunPython: say in hints={"in_batches": …} how it goes in batches, or why it may not need to']
    if isinstance(op, ops.RunSQL):
        return of_sql(op.sql, migration)
    return []


def of_constraint(constraint):
    if isinstance(constraint, models.CheckConstraint):
        return [f"{constraint.name}: AddConstraintNotValid, and ValidateConstraint in the next migration"]
    if isinstance(constraint, (models.UniqueConstraint, ExclusionConstraint)):
        return [
            f"{constraint.name}: makes its index under lock; CREATE UNIQUE INDEX CONCURRENTLY first, then USING INDEX"
        ]
    return []


def of_new(name, field):
    found = []
    if isinstance(field, models.GeneratedField):
        return [f"{name}: rewrites the table"] if field.db_persist else []
    if isinstance(field, models.ManyToManyField):
        return []
    if not field.null and not field.has_db_default():
        found.append(f"{name}: the old code writes rows without it: null=True or db_default")
    if field.has_db_default() and not is_fixed(field.db_default):
        found.append(f"{name}: a default that is another for each row rewrites the table")
    if field.unique or field.db_index:
        found.append(f"{name}: its index is made under lock: db_index=False, and AddIndexConcurrently")
    return found


def is_fixed(default):
    return not hasattr(default, "resolve_expression") or isinstance(default, (models.Value, Now))


def of_changed(name, old, new):
    found = []
    if old.null and not new.null:
        found.append(
            f"{name}: NOT NULL reads the table under lock; a constraint NOT VALID, validated, comes first"
        )
    if (old.get_internal_type(), old.max_length or 0) != (
        new.get_internal_type(),
        new.max_length or 0,
    ) and not is_wider(old, new):
        found.append(f"{name}: another type rewrites the table")
    if (new.unique and not old.unique) or (new.db_index and not old.db_index):
        found.append(f"{name}: its index is made under lock")
    return found


def is_wider(old, new):
    kinds = old.get_internal_type(), new.get_internal_type()
    words = {"CharField", "FileField", "ImageField", "SlugField", "EmailField", "URLField"}
    if kinds[0] in words and kinds[1] == "TextField":
        return True
    return set(kinds) <= words and (new.max_length or 0) >= (old.max_length or 0)


def of_sql(statements, migration):
    made = {op.name.lower() for op in migration.operations if isinstance(op, ops.CreateModel)}
    text = (
        statements
        if isinstance(statements, str)
        else ";".join(part if isinstance(part, str) else part[0] for part in statements)
    )
    found = []
    for statement in re.sub(r"(\$\w*\$).*?\1|'[^']*'|--[^\n]*", "", text, flags=re.S).split(";"):
        of_new_table = any(re.search(rf"\b{migration.app_label}_{name}\b", statement) for name in made)
        found += [
            said
            for pattern, said in LONG_SQL.items()
            if not of_new_table and re.search(pattern, statement, re.I | re.S)
        ]
    return found
