#!/usr/bin/env python3
"""Checks evidence that `keyturn report --out DIR` wrote, with Python's standard library alone (3.9 or later).

    python3 verify_evidence.py [--trust-approver FILE] [--trust-maker FILE] [--trust FILE] DIR

An independent reading of evidence-format.md, without any code of Keyturn: the files, the chain, the history, the
outcomes, each report that is JSON or JSON Lines, to the byte, and the signatures. Not read are *.csv, report.md and
report.html: of those only the hashes are compared. FILE has public keys in PEM. Each option can
be repeated. Exit 0: consistent. Exit 5: not, with a code of evidence-format.md on standard error. Exit 2: nothing to
check, or no keys in a FILE. Memory grows with the keys, not with the bytes.
"""
import base64
import bisect
import calendar
import datetime
import getopt
import hashlib
import json
import os
import re
import sys
from collections import Counter

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", re.ASCII)  # compares as text
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")
APPROVAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
FILE_NAME = re.compile(r"(\.gitattributes|[A-Za-z0-9][A-Za-z0-9._-]{0,127})\Z")
UNNAMED = ("manifest.json", "SHA256SUMS", "bundle.dsse.json")
NEEDED = ("plan.jsonl", "findings.jsonl", "journal.jsonl")
REPORTS = ("rollout.json", "findings.csv", "approvals.json", "decisions.jsonl", "decisions.csv", "outcomes.jsonl")
REPORTS += ("outcomes.csv", "verdicts.jsonl", "verdicts.csv", ".gitattributes", "report.md", "report.html", "summary.json")
INDEX = re.compile(r"(0|[1-9][0-9]{0,9})\Z")
BASE64 = re.compile(r"([0-9a-zA-Z+/]{4})*([0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?\Z")
CURRENCY = re.compile(r"[A-Z]{3}\Z")
KEY_ARN = re.compile(r"arn:([a-z0-9-]+):kms:([a-z0-9-]+):([0-9]{12}):key/([A-Za-z0-9-]{1,256})\Z")
CALLER_ACCOUNT = re.compile(r"arn:[a-z0-9-]+:(?:iam|sts)::([0-9]{12}):")
DAY = 86_400_000
LONGEST_LIFE = 366 * DAY
# What a reader cannot see, or what changes the text round it: written as \uXXXX.
INVISIBLE = re.compile("[%s]" % "".join(
    f"\\U{first:08x}-\\U{last:08x}"
    for first, last in ((int(part.split("-")[0], 16), int(part.split("-")[-1], 16)) for part in (
        "0-1f 7f-9f ad 34f 600-605 61c 6dd 70f 890-891 8e2 115f-1160 17b4-17b5 180b-180f 200b-200f 2028-202e 2060-206f "
        "3164 fdd0-fdef fe00-fe0f feff ffa0 fff0-fffb fffe-ffff 110bd 110cd 13430-1343f 1bca0-1bca3 1d173-1d17a "
        "1fffe-1ffff 2fffe-2ffff 3fffe-3ffff 4fffe-4ffff 5fffe-5ffff 6fffe-6ffff 7fffe-7ffff 8fffe-8ffff 9fffe-9ffff "
        "afffe-affff bfffe-bffff cfffe-cffff dfffe-e0fff efffe-effff ffffe-fffff 10fffe-10ffff"
    ).split())
))
FINDINGS = ("candidate", "enabled", "ineligible", "unknown")
WEIGHTS = {"decline": 3, "approve": 2, "defer": 1}
DECISIONS = {"approve": "approved", "decline": "declined", "defer": "deferred"}
OUTCOMES = ("applied", "already-in-place", "skipped", "failed", "pending", "unsettled")
VERDICTS = ("confirmed", "discrepant", "unreadable")
LARGEST = 2**53 - 1  # of the integers that every reader of JSON reads alike
LONGEST_LINE = 300_000_000


class Wrong(Exception):
    """The evidence does not hold: a code of evidence-format.md, where, and why."""


class Malformed(ValueError):
    """A record is not what it should be; whoever reads it knows the code."""


def require(holds, code, where, why):
    if not holds:
        raise Wrong(f"{code}: {where}: {why}")


# Reading: a record is written in one way only, so that no two readers can read it differently.


def integer(digits):
    if len(digits) > 17 or abs(int(digits)) > LARGEST:
        raise Malformed("a number is too large")
    return int(digits)


def fraction(text):
    value = float(text)
    if value.is_integer() or abs(value) < 0.0001 or repr(value) != text:
        raise Malformed("a number is not written as Keyturn writes it")
    return value


def spelled(found):
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def ordered(pairs):
    """No name twice, and names that are array indices first, ascending: so JavaScript writes them."""
    names = [name for name, _ in pairs]
    numbers = [name for name in names if INDEX.match(name) and int(name) < 2**32 - 1]
    if len(set(names)) < len(names) or names[: len(numbers)] != sorted(numbers, key=int):
        raise Malformed("a key twice, or out of order")
    return dict(pairs)


def parse(data):
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_int=integer, parse_float=fraction, object_pairs_hook=ordered)
        written = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        written.encode("utf-8")  # which no lone surrogate has
    except (ValueError, RecursionError, MemoryError) as error:
        raise Malformed(f"no JSON ({type(error).__name__})") from error
    if not isinstance(value, dict) or INVISIBLE.sub(spelled, written) != text:
        raise Malformed("no JSON object as Keyturn writes one (white space, a key twice, a needless escape)")
    return value


def is_time(text):
    """To the millisecond, and a day that there is."""
    if not isinstance(text, str) or not MOMENT.match(text):
        return False
    year, month, day, hour, minute, second = (int(part) for part in re.findall(r"\d+", text)[:6])
    days = (31, 29 if calendar.isleap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1] and hour < 24 and minute < 60 and second < 60


def milliseconds(time):
    year, month, day, hour, minute, second, rest = (int(part) for part in re.findall(r"\d+", time))
    days = datetime.date(year % 400 + 400, month, day).toordinal() + year // 400 * 146097
    return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + rest


def long_before(time, earlier):
    """By more than clocks explain: a day."""
    return milliseconds(time) < milliseconds(earlier) - DAY


class Maybe:
    """One kind or the other."""

    def __init__(self, *kinds):
        self.kinds = kinds


class Map:
    """Any names, each of one kind."""

    def __init__(self, kind):
        self.kind = kind


def is_kind(value, kind):
    """Whether a value is of a kind: a type, a test, a pattern, one of several words, a list, a record, or one of several."""
    if isinstance(kind, Maybe):
        return any(is_kind(value, each) for each in kind.kinds)
    if isinstance(kind, Map):
        return isinstance(value, dict) and all(is_kind(each, kind.kind) for each in value.values())
    if isinstance(kind, dict):
        return isinstance(value, dict) and set(value) <= {name.rstrip("?") for name in kind} and all(
            is_kind(value[name.rstrip("?")], each) if name.rstrip("?") in value else name.endswith("?")
            for name, each in kind.items()
        )
    if isinstance(kind, list):
        return isinstance(value, list) and all(is_kind(each, kind[0]) for each in value)
    if isinstance(kind, tuple):
        return isinstance(value, str) and value in kind
    if isinstance(kind, re.Pattern):
        return isinstance(value, str) and bool(kind.match(value))
    if isinstance(kind, type):
        return type(value) is kind
    return value is None if kind is None else kind(value)


def shaped(record, kind, what):
    """A record of these fields and no others, each of its kind."""
    if not is_kind(record, kind):
        raise Malformed(f"it is no {what}: a field is missing, unknown, or not what it should be")
    return record


def is_number(value):
    return type(value) in (int, float)


def is_count(value):
    return type(value) is int and value >= 0


def is_key_ids(value):
    return type(value) is list and value and all(type(each) is str and SHA256.match(each) for each in value)


def is_positive(value):
    return type(value) is int and value >= 1


def is_period(value):
    return type(value) is int and 90 <= value <= 2560


def is_amount(value):
    return is_number(value) and value >= 0


def is_date(value):
    return isinstance(value, str) and DATE.match(value) and is_time(f"{value}T00:00:00.000Z")


def field(record, name, kind=str):
    """A field that has to be there and fit: a type, a pattern, or one of several words."""
    value = record.get(name) if isinstance(record, dict) else None
    if isinstance(kind, type):
        fits = type(value) is kind and not (kind is int and value < 0)
    elif isinstance(kind, re.Pattern):
        fits = isinstance(value, str) and kind.match(value)
    else:
        fits = isinstance(value, str) and value in kind
    if not fits:
        raise Malformed(f"{name} is missing, or not what it should be")
    return value


def read_records(directory, name, code, use):
    """Hands each line, its object and its place to `use`, which may find it malformed."""
    with open(os.path.join(directory, name), "rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            where = f"{name} line {number}"
            require(line.endswith(b"\n"), code, where, "the line has no end")
            try:
                use(line[:-1], where)
            except (Malformed, RecursionError) as error:
                raise Wrong(f"{code}: {where}: {error}") from error


def read_document(directory, name, code):
    documents = []

    def use(line, where):
        require(not documents, code, where, "there is more than one line")
        documents.append(parse(line))

    read_records(directory, name, code, use)
    require(documents, code, name, "it is empty")
    return documents[0]


def ascending(text):
    """The order of UTF-16 code units."""
    return text.encode("utf-16-be", "surrogatepass")


def measure(path):
    size, sha256 = 0, hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            sha256.update(chunk)
            size += len(chunk)
    return size, sha256.hexdigest()


# The records, field by field, in the order in which reports have them; `?`: may be absent.

NAMED = {"keyArn": str, "keyId": str, "account": str, "region": str}
PLACE = {"account": str, "region": str}
FAILURES = ("access-denied", "credentials", "region-unavailable", "not-found", "invalid-state", "unsupported")
FAILURES += ("invalid-request", "throttled", "server", "network", "malformed-answer")
FAILURE = {"operation": str, "kind": FAILURES, "code": str, "message": str, "requestId?": str, "attempts?": int}
SIGNATURE_FIELDS = {"keyid": SHA256, "publicKey": BASE64, "sig": BASE64}
SCOPE = {"partition": str, "accounts": [str], "regions": [str], "policies": bool, "tags": bool, "rotations?": bool}
SCOPE.update({"lastUsage?": bool, "filter?": str})
LEFT_OUT = {"id": str, "name": str, "state": str}
ROLLOUT = {
    **{"id": NAME, "createdAt": is_time, "callerArn": str, "scope": SCOPE},
    "accountsAsked?": {
        **{"organization": bool, "units": [str], "excludedUnits": [str], "named": [str], "excluded": [str]},
        "listedBy?": str,
    },
    "regionsAsked?": {"named?": [str], "excluded": [str]},
    **{"regionsLeftOut?": [str], "notAssessed?": [LEFT_OUT], "roles?": {"assess": str, "configure": str}},
    "profiles?": [{"name": str, "account": str}],
    "RotationPeriodInDays": is_period,
    "price?": {
        **{"perRotation": is_amount, "currency": CURRENCY, "rotations": is_count, "asOf?": is_date, "source": str},
        "basis": ("published", "assumed", "given"),
    },
    **{"maxPeriodInDays?": is_positive, "keyturnVersion": str, "assessedAt?": is_time, "planDigest?": str},
}
MACHINE = {"osUser": str, "host": str}
SUBMITTER = {"callerArn": str, "account": str, "userId": str, **MACHINE}
APPROVAL = {
    **{"schema": ("keyturn/approval/v1",), "id": APPROVAL_ID, "rollout": NAME, "planDigest": str, "at": is_time},
    **{"expiresAt": is_time, "submittedBy": Maybe(SUBMITTER, MACHINE), "source": str, "reason?": str},
    "decisions": [{**NAMED, "choice": tuple(DECISIONS), "reason?": str, "RotationPeriodInDays": is_period}],
    **{"signature?": SIGNATURE_FIELDS, "imported?": {"at": is_time, "by": SUBMITTER}},
}
ROTATION_WORDS = ("on", "off", "unreadable", "not-read")
OUTCOME = {
    **{**NAMED, "status": OUTCOMES, "reason?": str, "explanation?": str, "RotationPeriodInDays": is_period},
    **{"attempts": is_count, "proof?": ("proven", "presumed"), "unanswered?": bool, "requestId?": str},
    **{"error?": FAILURE, "drift": [str]},
    "found?": {
        **{"KeyState?": str, "rotation": ROTATION_WORDS, "RotationPeriodInDays?": int, "NextRotationDate?": is_time},
    },
    **{"checkedAt?": is_time, "intendedAt?": is_time, "finishedAt?": is_time},
}
VERDICT = {
    **{"check": APPROVAL_ID, **NAMED, "kind": VERDICTS, "reason?": str},
    "differences": [{"fact": str, "expected": str, "actual": str}],
    **{"error?": FAILURE, "KeyState?": str},
    **{"KeyRotationEnabled?": bool, "RotationPeriodInDays?": int, "NextRotationDate?": is_time},
    "rotations?": Maybe(
        {"kind": ("read",), "automatic": is_count, "lastAt?": is_time, "readAt": is_time},
        {"kind": ("unreadable",), "error": FAILURE, "readAt": is_time},
    ),
    "replicas": [{
        **{"keyArn": str, "region": str, "kind": ("confirmed", "pending", "unreadable"), "reason?": str},
        "readAt": is_time,
    }],
    **{"readAt": is_time, "reads": is_positive},
}
METADATA = {
    **{"KeyManager": str, "KeyState": str, "Enabled?": bool, "KeySpec": str, "KeyUsage": str, "Origin": str},
    **{"CustomKeyStoreId?": str, "MultiRegion?": bool},
    "MultiRegionConfiguration?": {
        "MultiRegionKeyType": str,
        "PrimaryKey?": {"Arn": str, "Region": str},
        "ReplicaKeys?": [{"Arn": str, "Region": str}],
    },
    **{"Description?": str, "CreationDate?": is_time, "DeletionDate?": is_time},
}
TYPE_REASONS = ("unknown-manager", "asymmetric", "hmac", "key-agreement", "unknown-spec", "unknown-usage")
TYPE_REASONS += ("imported-material", "cloudhsm-key-store", "external-key-store", "unknown-origin", "replica")
TYPE_REASONS += ("unknown-multi-region-role",)
STATE_REASONS = ("disabled", "pending-deletion", "pending-import", "creating", "updating", "unavailable", "unknown-state")
UNKNOWN_REASONS = ("access-denied", "credentials", "region-unavailable", "disappeared", "gave-up-throttled", "unsupported")
UNKNOWN_REASONS += ("aws-error", "network", "malformed-answer", "contradictory-answer")
FINDING = {
    **{**NAMED, "kind": FINDINGS, "basis?": ("type", "state")},
    "reason": Maybe(None, TYPE_REASONS, STATE_REASONS, UNKNOWN_REASONS),
    **{"explanation": str, "advice": str, "rotation": ROTATION_WORDS},
    **{name.rstrip("?") + "?": kind for name, kind in METADATA.items()},
    **{"KeyRotationEnabled?": bool, "RotationPeriodInDays?": int, "NextRotationDate?": is_time},
    **{"OnDemandRotationStartDate?": is_time, "aliases?": [str], "primaryAlias?": str, "tags?": Map(str)},
    "policy?": {
        **{"administrators": [str], "users?": [str], "delegatesToAccount": bool, "delegationDependsOn?": [str]},
        "enableKeyRotation?": {
            **{"access": ("allowed", "delegated", "conditional", "refused"), "principal?": str, "denied?": bool},
            **{"dependsOn?": [str], "principals?": [str]},
        },
        "openTo": [{"principal": str, "conditional": bool}],
    },
    "pastRotations?": is_count,
    "lastUsage?": {
        **{"TrackingStartDate": is_time, "KeyCreationDate?": is_time},
        "KeyLastUsage?": {"Operation": str, "Timestamp": is_time, "CloudTrailEventId?": str},
    },
    "primaryInScope?": bool,
    "proposed?": {"operation": ("EnableKeyRotation",), "RotationPeriodInDays": is_period},
    **{"gaps": [FAILURE], "readAt": Map(is_time)},
}
BODIES = {
    "assess-begun": ROLLOUT,
    "accounts-reached": {"rollout": ROLLOUT, "accounts": [str], "places": [PLACE]},
    "place-assessed": {**PLACE, "listed": is_count, "awsManaged": is_count, "reason?": str, "fix?": str},
    "place-unreachable": {**PLACE, "reason": str, "fix": str},
    "assess-completed": {"planDigest": SHA256, "findingsDigest": SHA256},
    "approval": APPROVAL,
    "configure-begun": {
        **{"caller": str, "keys": is_count, "limit": Maybe(None, is_count), "maxFailures": Maybe(None, is_count)},
        **{"settleMs": is_number, "approverKeys?": is_key_ids},
    },
    "intent": {"approval": str, "change": OUTCOME},
    "outcome": OUTCOME,
    "check-begun": {"check": APPROVAL_ID, "caller": str, "keys": is_count, "waitMs": is_number},
    "verdict": VERDICT,
}
TIMES = ("createdAt", "assessedAt", "firstReadAt", "lastReadAt", "firstApprovedAt", "lastApprovedAt")
TIMES += ("firstChangedAt", "lastChangedAt", "firstValidatedAt", "lastValidatedAt")
UNREACHABLE = {**PLACE, "reason": str, "fix": str}
NOT_SEEN = {"unreachable": [UNREACHABLE], "unknown": is_count, "notAssessedAccounts": [LEFT_OUT]}
NOT_SEEN["regionsLeftOut"] = Maybe(None, [str])
SEALED = {"name": FILE_NAME, "bytes": is_count, "sha256": SHA256}
PARTS = {
    **{"schema": ("keyturn/evidence/v1",), "rollout": NAME, "keyturnVersion": str, "scope": SCOPE},
    "times": {name: is_time if name == "createdAt" else Maybe(None, is_time) for name in TIMES},
    **{"notSeen": NOT_SEEN, "journal": {"entries": is_positive, "head": SHA256}, "files": [SEALED]},
}


def fields_in_order(value, kind):
    """Whether the fields of a document stand in the order of its kind."""
    if isinstance(value, list) and isinstance(kind, list):
        return all(fields_in_order(each, kind[0]) for each in value)
    if not isinstance(value, dict) or not isinstance(kind, dict):
        return True
    names = [name.rstrip("?") for name in kind]
    return list(value) == [name for name in names if name in value] and all(
        fields_in_order(value[name.rstrip("?")], each) for name, each in kind.items() if name.rstrip("?") in value
    )


def arranged(value, kind):
    """The same record with its fields in the order of its kind."""
    if isinstance(kind, Maybe):
        return arranged(value, next((each for each in kind.kinds if is_kind(value, each)), None))
    if isinstance(value, list) and isinstance(kind, list):
        return [arranged(each, kind[0]) for each in value]
    if not isinstance(value, dict) or not isinstance(kind, dict):
        return value
    names = {name.rstrip("?"): each for name, each in kind.items()}
    return {name: arranged(value[name], each) for name, each in names.items() if name in value}


def written(record):
    """A record as Keyturn writes it."""
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
    return INVISIBLE.sub(spelled, text).encode("utf-8", "surrogatepass")


def record_line(record):
    """A line of a report: each record says its reason, at the end where there is none."""
    return written(record if "reason" in record else {**record, "reason": None}) + b"\n"


def measured(data):
    return len(data), hashlib.sha256(data).digest()


# What follows from what was read of a key.


def parts_of(key_arn):
    found = KEY_ARN.match(key_arn)
    return {"partition": found[1], "region": found[2], "account": found[3], "keyId": found[4]} if found else {}


def is_named(record):
    arn = parts_of(record["keyArn"])
    return bool(arn) and all(record[name] == arn[name] for name in ("keyId", "account", "region"))


ASYMMETRIC = ("RSA_2048 RSA_3072 RSA_4096 ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521 ECC_SECG_P256K1 "
              "ECC_NIST_EDWARDS25519 SM2 ML_DSA_44 ML_DSA_65 ML_DSA_87 ML_KEM_512 ML_KEM_768 ML_KEM_1024").split()
ORIGINS = {"EXTERNAL": "imported-material", "AWS_CLOUDHSM": "cloudhsm-key-store"}
ORIGINS["EXTERNAL_KEY_STORE"] = "external-key-store"
STATES = {"Disabled": "disabled", "PendingDeletion": "pending-deletion", "PendingReplicaDeletion": "pending-deletion"}
STATES.update({"PendingImport": "pending-import", "Creating": "creating", "Updating": "updating"})
STATES["Unavailable"] = "unavailable"
FAILED = {"not-found": "contradictory-answer", "throttled": "gave-up-throttled", "invalid-state": "aws-error"}
FAILED.update({"invalid-request": "aws-error", "server": "aws-error"})
FACTS = {"metadata": "KeyState", "rotation": "KeyRotationEnabled", "aliases": "aliases", "tags": "tags"}
FACTS.update({"policy": "policy", "pastRotations": "pastRotations", "lastUsage": "lastUsage"})


def type_reason(key):
    """Why the type of a key rules rotation out; None if it does not."""
    spec, usage, origin = key["KeySpec"], key["KeyUsage"], key["Origin"]
    role = key.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType")
    if key["KeyManager"] != "CUSTOMER":
        return "unknown-manager"
    if spec in ("HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"):
        return "hmac"
    if spec in ASYMMETRIC:
        return "key-agreement" if usage == "KEY_AGREEMENT" else "asymmetric"
    if spec != "SYMMETRIC_DEFAULT":
        return "unknown-spec"
    if usage != "ENCRYPT_DECRYPT":
        return "unknown-usage"
    if origin in ORIGINS:
        return ORIGINS[origin]
    if origin != "AWS_KMS" or "CustomKeyStoreId" in key:
        return "unknown-origin"
    return None if role in (None, "PRIMARY") else "replica" if role == "REPLICA" else "unknown-multi-region-role"


def why_unknown(gaps):
    kind, operation = gaps[0]["kind"], gaps[0]["operation"]
    gone = kind == "not-found" and operation == "ListKeys"
    return ("unknown", None, "disappeared" if gone else FAILED.get(kind, kind))


def conclude(key):
    """The finding, its basis and its reason, from what was read."""
    if "KeyState" not in key:
        return why_unknown(key["gaps"])
    if key["KeyManager"] == "AWS":
        return None
    disabled = key["KeyState"] == "Enabled" and key.get("Enabled") is False
    if key.get("MultiRegion", False) != ("MultiRegionConfiguration" in key) or disabled:
        return ("unknown", None, "contradictory-answer")
    by_type = type_reason(key)
    if by_type:
        return ("ineligible", "type", by_type)
    if key["KeyState"] != "Enabled":
        return ("ineligible", "state", STATES.get(key["KeyState"], "unknown-state"))
    if "rotation" not in key["readAt"]:
        return ("unknown", None, "malformed-answer")
    if "KeyRotationEnabled" not in key:
        return why_unknown(key["gaps"])
    return ("enabled" if key["KeyRotationEnabled"] else "candidate", None, None)


def check_finding(key, rollout, where):
    """A finding follows from its own facts and from the rollout."""
    def must(holds, why):
        require(holds, "evidence-findings", where, why)

    scope, asked = rollout["scope"], key["readAt"]
    there = [fact for fact, name in FACTS.items() if name in key]
    must(is_named(key) and parts_of(key["keyArn"])["partition"] == scope["partition"], "the ARN is of another key")
    late = [at for at in asked.values() if "assessedAt" in rollout and long_before(rollout["assessedAt"], at)]
    early = [at for at in asked.values() if long_before(at, rollout["createdAt"])]
    must(not early and not late, "it was read at another time than the assessment")
    missing = set(asked) - set(there)
    must("metadata" in asked and set(asked) <= set(FACTS) and set(there) <= set(asked), "a fact was not asked for")
    must(len(key["gaps"]) >= len(missing), "a fact is missing, and no failure is in its place")
    is_candidate = key["kind"] == "candidate"
    allowed = {"tags": scope["tags"], "policy": scope["policies"]}
    allowed["pastRotations"] = is_candidate and scope.get("rotations") is True
    allowed["lastUsage"] = is_candidate and scope.get("lastUsage") is True
    must(all(may or fact not in asked for fact, may in allowed.items()), "a fact was not asked for")
    names = {name.rstrip("?"): name for name in METADATA}
    if "KeyState" in key:
        must(all(name in key for name, each in names.items() if name == each), "a fact is read in part")
    else:
        must(not set(names) & set(key), "a fact is read in part")
    if "KeyRotationEnabled" not in key:
        dates = {"RotationPeriodInDays", "NextRotationDate", "OnDemandRotationStartDate"}
        must(not dates & set(key), "a fact is read in part")
    must(conclude(key) == (key["kind"], key.get("basis"), key["reason"]), "it contradicts what was read")
    readable = "KeyState" in key and type_reason(key) in (None, "replica")
    must(("rotation" in asked) == readable, "its type says whether rotation is read")
    word = "not-read" if "rotation" not in asked else "unreadable" if "rotation" in missing else None
    must(key["rotation"] == (word or ("on" if key["KeyRotationEnabled"] else "off")), "it contradicts what was read")
    aliases = key.get("aliases", [])
    must(aliases == sorted(aliases, key=ascending), "the aliases are out of order")
    must(key.get("primaryAlias") == (aliases[0] if aliases else None), "the primary alias is the first")
    due = {"operation": "EnableKeyRotation", "RotationPeriodInDays": rollout["RotationPeriodInDays"]}
    must(key.get("proposed") == (due if is_candidate else None), "what is proposed is another change")
    family = key.get("MultiRegionConfiguration", {})
    must(("primaryInScope" in key) == (family.get("MultiRegionKeyType") == "REPLICA"), "it contradicts what was read")
    in_scope = family.get("PrimaryKey", {}).get("Region") in scope["regions"] and key["account"] in scope["accounts"]
    must(not key.get("primaryInScope") or in_scope, "the primary is not in scope")


# What follows from what stands beside it: None, or what does not.

DRIFTING = {name.rstrip("?") for name in METADATA}
ANNOUNCED = ("intendedAt", "checkedAt", "drift", "found")
ENDS = ("finishedAt", "proof", "requestId", "error", "reason")


def intent_contradicts(change):
    found = change.get("found", {})
    if change["status"] != "unsettled" or any(name in change for name in ENDS):
        return "it says how the change ended"
    if found.get("rotation") != "off" or found.get("KeyState") != "Enabled" or "checkedAt" not in change:
        return "no fresh check found the key enabled and its rotation off"
    return record_contradicts(change)


def reaches_further(error):
    """Whether a failure is not about its key alone: credentials, the Region, the account."""
    return error["kind"] in ("credentials", "region-unavailable") or error["operation"] == "AssumeRole"


UNCOVERED = ("not-approved", "approval-expired", "approval-replaced", "not-signed")


def is_reason_to_skip(change):
    """A key that was a candidate has another state or another type by now, is gone, or has no approval."""
    reason, found, drift = change.get("reason"), change.get("found", {}), change["drift"]
    state = found.get("KeyState")
    if reason in UNCOVERED:
        return state == "Enabled" and found["rotation"] == "off"
    if reason in STATE_REASONS:
        return "KeyState" in drift and state != "Enabled" and STATES.get(state, "unknown-state") == reason
    if reason in TYPE_REASONS:
        return bool(drift) or reason == "unknown-manager"
    return reason in UNKNOWN_REASONS


def answer_contradicts(change, key):
    """A call can go unanswered once there was one, and has then done so for good."""
    unanswered = change.get("unanswered") is True
    if unanswered and not key.intents:
        return "nothing was called that could go unanswered"
    return "a call of its own went unanswered before" if key.unanswered and not unanswered else None


def outcome_contradicts(change):
    said, found, error = change["status"], change.get("found", {}).get("rotation"), change.get("error")
    ended, untouched = "finishedAt" in change, not {"proof", "requestId", "intendedAt"} & set(change)
    unanswered, has = change.get("unanswered") is True, change.__contains__
    proven = change.get("requestId") and has("intendedAt") and ended and not error and found == "off"
    open_ends = ("proof", "finishedAt", "reason")
    passing = not error or error["kind"] in ("server", "network", "malformed-answer")
    presumed = change.get("proof") == "presumed" and unanswered and found == "on" and ended and passing
    holds = {
        "applied": (proven if change.get("proof") == "proven" else presumed) and not has("reason"),
        "already-in-place": found == "on" and not unanswered and not error and not has("reason") and untouched and ended,
        "skipped": is_reason_to_skip(change) and not error and not (unanswered and found == "on") and untouched and ended,
        "failed": bool(error) and not has("proof") and ended and not reaches_further(error),
        "pending": bool(error) and not any(map(has, (*open_ends, "intendedAt"))) and reaches_further(error),
        "unsettled": bool(error) and not any(map(has, open_ends)) and has("intendedAt"),
    }
    return record_contradicts(change) if holds[said] else f"it is not {said} by what it says"


def record_contradicts(change):
    if not is_named(change):
        return "account, Region or key id are not those of the ARN"
    if not set(change["drift"]) <= DRIFTING:
        return "no such fact can drift"
    times = [change[name] for name in ("checkedAt", "intendedAt", "finishedAt") if name in change]
    if any(map(long_before, times[1:], times)):
        return "it ended before it began"
    outdated = "checkedAt" in change and len(times) > 1 and long_before(times[0], times[1])
    return "its check is more than a day older than what was decided on it" if outdated else None


def verdict_contradicts(verdict, change):
    if not is_named(verdict):
        return "account, Region or key id are not those of the ARN"
    if not are_replicas(verdict):
        return "a replica is not one of its key"
    if not is_read_together(verdict):
        return "what it says was read at another time"
    error, differences = verdict.get("error"), verdict["differences"]
    if verdict["kind"] == "unreadable":
        due = error and ("disappeared" if error["kind"] == "not-found" else error["kind"])
        unread = not differences and not {"KeyRotationEnabled", "rotations"} & set(verdict)
        return None if error and verdict.get("reason") == due and unread else "it is not unreadable by what it says"
    if error or "reason" in verdict or "KeyState" not in verdict:
        return "what was read has a state, and no error"
    rotations, on = verdict.get("rotations"), verdict.get("KeyRotationEnabled")
    if (verdict["kind"] == "discrepant") != bool(differences) or (rotations and on is not True):
        return "it contradicts its differences, or its rotations"
    if rotations and rotations["kind"] == "read" and (rotations["automatic"] > 0) != ("lastAt" in rotations):
        return "its rotations contradict themselves"
    dates = [each for each in differences if each["fact"] == "NextRotationDate"]
    others = [each for each in differences if each["fact"] != "NextRotationDate"]
    dated = verdict["KeyState"] == "Enabled" and on is True
    wrong = dates and (not dated or dates[0]["actual"] != verdict.get("NextRotationDate", "absent"))
    if others != differences_of(verdict, change) or len(dates) > 1 or wrong:
        return "its differences are not those of what was read"
    return None if dates or not dated or is_plausible(verdict, change) else "the next date is not that of the change"


def are_replicas(verdict):
    """A replica has the key id of its primary, in another Region of the same account; it is named once."""
    primary, regions = parts_of(verdict["keyArn"]), [each["region"] for each in verdict["replicas"]]
    if regions and "KeyState" not in verdict:
        return False
    due = [{**primary, "region": region} for region in regions]
    named = [parts_of(each["keyArn"]) for each in verdict["replicas"]]
    return named == due and primary["region"] not in regions and len(set(regions)) == len(regions)


def is_read_together(verdict):
    """Replicas and rotations are read after their key; no rotation is read before it happened."""
    rotations = verdict.get("rotations", {})
    times = [each["readAt"] for each in (*verdict["replicas"], rotations) if each]
    early = any(long_before(time, verdict["readAt"]) for time in times)
    return not early and not ("lastAt" in rotations and long_before(rotations["readAt"], rotations["lastAt"]))


def differences_of(verdict, change):
    """All but that of the next date."""
    def differ(fact, expected, actual):
        return [] if expected == actual else [{"fact": fact, "expected": expected, "actual": actual}]

    on, period = verdict.get("KeyRotationEnabled"), verdict.get("RotationPeriodInDays", "absent")
    state = differ("KeyState", "Enabled", verdict["KeyState"])
    if on is not True:
        said = "false" if on is False else "not readable on this type of key"
        return state + differ("KeyRotationEnabled", "true", said)
    return state + differ("RotationPeriodInDays", str(change["RotationPeriodInDays"]), str(period))


def is_plausible(verdict, change):
    """Whole periods after the change, or after the last automatic rotation since, give or take two days."""
    if "NextRotationDate" not in verdict:
        return False
    rotations = verdict.get("rotations", {})
    last, ended = rotations.get("lastAt"), change["finishedAt"]
    begun = change.get("intendedAt", ended) if change.get("proof") == "presumed" else ended
    least, most = milliseconds(last or begun) - 2 * DAY, milliseconds(last or ended) + 2 * DAY
    time, period = milliseconds(verdict["NextRotationDate"]), change["RotationPeriodInDays"] * DAY
    periods = (time - least) // period
    counted = periods >= 1 if rotations.get("kind") == "unreadable" else (0 if last else 1) <= periods <= 2
    return time <= most + periods * period and counted


# The manifest and the files.


def read_manifest(directory):
    return check_manifest(read_document(directory, "manifest.json", "evidence-manifest"))


def check_manifest(manifest):
    try:
        shaped(manifest, PARTS, "manifest of keyturn/evidence/v1")
        if not fields_in_order(manifest, PARTS):
            raise Malformed("its fields are out of order")
        names = [file["name"] for file in manifest["files"]]
        if len(set(names)) < len(names) or set(names) & set(UNNAMED) or set(NEEDED) - set(names):
            raise Malformed("it names a file twice, one that it may not name, or not all that it has to")
    except Malformed as error:
        raise Wrong(f"evidence-manifest: manifest.json: {error}") from error
    return manifest


def check_files(directory, manifest, plain):
    """Each file that the manifest names and SHA256SUMS, unchanged, and nothing else."""
    files = [(file["name"], (file["bytes"], file["sha256"])) for file in manifest["files"]]
    allowed = {name for name, _ in files} | set(UNNAMED)
    for name in sorted(os.listdir(directory)):
        require(name in allowed and name in plain, "evidence-file-extra", ascii(name), "unnamed, or no plain file")
    sums = [(name, sha256) for name, (_, sha256) in files]
    sums.append(("manifest.json", measure(os.path.join(directory, "manifest.json"))[1]))
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in sums).encode()
    for name, expected in files + [("SHA256SUMS", (len(text), hashlib.sha256(text).hexdigest()))]:
        require(name in plain, "evidence-file-missing", name, "it is not there")
        found = measure(os.path.join(directory, name))
        require(found == expected, "evidence-file-changed", name, "it does not agree with the manifest")


# The findings.


class Findings:
    """The candidates, and counts by place and by reason."""

    def __init__(self):
        self.candidates, self.places, self.reasons, self.last = set(), {}, {}, ""
        self.read_first = self.read_last = None
        self.rotation, self.refusals, self.orphans, self.primaries = Counter(), Counter(), 0, set()

    def read(self, line, where):
        record = shaped(parse(line), FINDING, "finding")
        key_arn, finding, place = record["keyArn"], record["kind"], (record["account"], record["region"])
        require(ascending(key_arn) > ascending(self.last), "evidence-findings", where, "it is out of order")
        self.last = key_arn
        self.places.setdefault(place, Counter())[finding] += 1
        if finding == "candidate":
            self.candidates.add(key_arn)
            self.refusals[record.get("policy", {}).get("enableKeyRotation", {}).get("access")] += 1
        if record.get("basis") == "state":
            self.rotation[record["rotation"]] += 1
        if record.get("primaryInScope") is False:
            self.orphans += 1
            self.primaries.add(record.get("MultiRegionConfiguration", {}).get("PrimaryKey", {}).get("Region"))
        if record["reason"] is not None:
            self.reasons.setdefault(finding, Counter())[record["reason"]] += 1
        times = [*record["readAt"].values(), *filter(None, [self.read_first, self.read_last])]
        self.read_first, self.read_last = min(times, default=None), max(times, default=None)


# The journal: one fold over its lines.


class Key:
    """The story of one key so far."""

    decision = approval = expires = period = outcome = verdict = report = change = announced = judged = None
    reason = approver = None
    unanswered = False
    intents = 0

    def __init__(self):
        self.voices, self.made = {}, {}  # by approver, the last decision of each, and its time
        self.ranked = []  # ascending; what its approver has replaced goes when it comes to the end

    def decide(self, approver, voice):
        """Any decline, else the approve that holds longest, else a defer; of equals the latest."""
        self.voices[approver] = voice = (*voice, approver)
        bisect.insort(self.ranked, voice)
        while self.voices[self.ranked[-1][-1]] is not self.ranked[-1]:
            self.ranked.pop()
        _, self.expires, _, self.decision, self.approval, self.period, self.reason, self.approver = self.ranked[-1]

    def held_by(self, approver, approval):
        """When an approver's last decision ends, and that decision with its approval and period, if the approval is this."""
        _, expires, _, decision, held, period, *_ = self.voices.get(approver, (0, "", 0, None, None, None))
        return expires, (decision, held, period)

    def is_on(self):
        return self.outcome in ("applied", "already-in-place")

    def end(self, change):
        """Takes in what `outcomes.jsonl` has to say of the key from here on."""
        self.outcome, self.change, self.unanswered = change["status"], change, change.get("unanswered") is True
        self.report = measured(record_line(arranged(change, OUTCOME)))


def read_approver(approval):
    """The key that signed, else the caller as AWS knows it, else the user of a machine."""
    by = field(approval, "submittedBy", dict)
    user, host = field(by, "osUser"), field(by, "host")
    if "signature" in approval:
        return "key:" + read_signature(approval["signature"])["keyid"]
    return "aws:" + field(by, "callerArn") if "callerArn" in by else f"os:{user}@{host}"


class History:
    """Holds each entry against those before it: the chain, what may stand where, the rules for each kind."""

    def __init__(self, rollout, findings, findings_sha256):
        self.rollout, self.findings, self.findings_sha256 = rollout, findings, findings_sha256
        self.entries, self.head, self.begun, self.plan = 0, "0" * 64, None, None
        self.places, self.approvals, self.keys, self.kinds = {}, {}, {}, set()
        self.checked, self.checks = None, set()  # the check that is on, and the ids of all
        self.approvers, self.recorded = {}, {}  # by the id of the approval: whose it is, and when it was recorded
        self.reached = {}  # by account that was reached late, the Regions that were then to be assessed
        self.since = self.assessed = self.run_bounds = None  # since: when the phase that is on began
        self.envelopes = {}  # the SHA-256 of the file of each signed approval
        self.signed = []  # for each approval: its id, the keyid, whether the signature holds, whether it approves a key

    def read(self, line, where):
        start = f'{{"rollout":"{self.rollout}","seq":{self.entries + 1},"previous":"{self.head}"'
        require(line.startswith(start.encode()), "evidence-chain", where, "it does not follow from the line before")
        entry = parse(line)
        if list(entry) != ["rollout", "seq", "previous", "at", "kind", "body"]:
            raise Malformed("not the fields of an entry")
        field(entry, "at", MOMENT)
        body, kind, self.at = field(entry, "body", dict), field(entry, "kind"), entry["at"]
        rule = RULES.get(kind)
        if rule is None or (self.begun is None) != (kind == "assess-begun"):
            raise Malformed("its kind does not exist, or cannot stand here")
        if not is_time(self.at):
            raise Malformed("there is no such time")
        shaped(body, BODIES[kind], kind)
        must = lambda code, holds, why: require(holds, "evidence-" + code, where, why)
        rule(self, body, must)
        must("entry", own_time(kind, body, self.at) == self.at, "its time is not that of what it records")
        early = any(long_before(self.at, cause) for cause in self.causes(kind, body))
        must("entry", not early, "it is more than a day older than what it follows from")
        if kind in BEGINNINGS:
            self.since = self.at
        self.kinds.add(kind)
        self.entries, self.head = self.entries + 1, hashlib.sha256(line).hexdigest()

    def causes(self, kind, body):
        """The times of what has to have happened before; those of an approval have rules of their own."""
        if kind in ("assess-begun", "approval"):
            return []
        if kind in ("configure-begun", "check-begun"):
            return [self.since, *list(self.recorded.values())[:1]]
        if kind == "intent":
            return [self.since, self.recorded[body["approval"]]]
        if kind == "outcome":  # what stays unsettled has the time of its announcement, perhaps by an earlier run
            return [body["intendedAt"] if "finishedAt" not in body and "intendedAt" in body else self.since]
        return [self.since, *([self.keys[body["keyArn"]].change["finishedAt"]] if kind == "verdict" else [])]

    def begin(self, body, must):
        must("entry", field(body, "id") == self.rollout, "it is about another rollout")
        must("entry", "planDigest" not in body and "assessedAt" not in body, "there cannot be a plan yet")
        field(body, "scope", dict), field(body, "RotationPeriodInDays", int)
        self.begun = body

    def reach(self, body, must):
        must("entry", self.plan is None, "the assessment is complete")
        before = self.begun
        self.begin(body["rollout"], must)
        added = [(place["account"], place["region"]) for place in body["places"]]
        must("entry", is_widened(before, self.begun, added), "it changes more of the rollout than its Regions")
        for account in body["accounts"]:
            expected = account not in self.reached and account in self.begun["scope"]["accounts"]
            must("entry", expected, "it is not an account that was still to be reached")
            self.places.pop((account, "*"), None)
            self.reached[account] = {region for each, region in added if each == account}
        known = any(account in body["accounts"] for account, _ in self.places)
        must("entry", body["accounts"] and not known, "no account was still to be reached")
        must("entry", len(set(added)) == len(added), "a place is added twice")
        for place in body["places"]:
            inside = place["account"] in body["accounts"] and place["region"] != "*"
            must("entry", inside and self.in_scope(place), "a place is not in scope")

    def in_scope(self, place):
        scope = self.begun["scope"]
        return place["account"] in scope["accounts"] and place["region"] in ("*", *scope["regions"])

    def assess_place(self, body, must):
        must("entry", body["region"] != "*", "the place is not in scope")
        self.miss_place(body, must)

    def miss_place(self, body, must):
        must("entry", self.plan is None, "the assessment is complete")
        left_out = body["region"] not in ("*", *self.reached.get(body["account"], {body["region"]}))
        must("entry", self.in_scope(body) and not left_out, "the place is not in scope")
        self.places[body["account"], body["region"]] = body

    def complete(self, body, must):
        must("entry", self.plan is None, "the assessment is complete")
        same = field(body, "findingsDigest", SHA256) == self.findings_sha256
        must("findings", same, "findings.jsonl is not what was assessed")
        must("entry", not self.missing_place(), "a place in scope has no entry")
        must("findings", set(self.findings.places) <= set(self.places), "a place has findings and no entry")
        self.plan, self.assessed = body["planDigest"], self.at

    def missing_place(self):
        """Whether an account or a Region of the scope has no entry."""
        scope, asked = self.begun["scope"], self.begun.get("regionsAsked", {"excluded": []})
        unreached = {account for account, region in self.places if region == "*"}
        reached = [account for account in scope["accounts"] if account not in unreached]
        named = [region for region in asked.get("named", []) if region not in asked["excluded"]]
        silent = set(scope["accounts"]) - {account for account, _ in self.places}
        empty = not unreached and set(scope["regions"]) - {region for _, region in self.places}
        due = [(account, region) for account in reached for region in named]
        due += [(account, region) for account, regions in self.reached.items() for region in regions]
        return silent or empty or any(place not in self.places for place in due)

    def approve(self, body, must):
        approval, at, counts, named = field(body, "id"), field(body, "at", MOMENT), Counter(), set()
        approver, expires, imported = read_approver(body), field(body, "expiresAt", MOMENT), "imported" in body
        recorded = field(field(body, "imported", dict), "at", MOMENT) if imported else at
        must("approval", at < expires and recorded < expires, "it had expired when it was recorded")
        must("approval", milliseconds(expires) - milliseconds(at) <= LONGEST_LIFE, "it holds for more than 366 days")
        must("approval", ("callerArn" in body["submittedBy"]) != imported, "the submitter does not fit its origin")
        caller = body["imported"]["by"] if imported else body["submittedBy"]
        named_account = CALLER_ACCOUNT.match(caller["callerArn"])
        same = not named_account or named_account[1] == caller["account"]
        must("approval", same, "the submitter is of another account than their ARN")
        must("approval", self.plan and field(body, "planDigest") == self.plan, "it is over another plan")
        must("approval", field(body, "rollout") == self.rollout, "it is of another rollout")
        must("approval", APPROVAL_ID.match(approval), "its id is not one")
        must("approval", approval not in self.approvals, "its id was used before")
        late = long_before(at, self.assessed) or long_before(recorded, at)
        must("approval", not late and body["decisions"], "it is older than its plan, or it decides nothing")
        for item in field(body, "decisions", list):
            key_arn, decision = item["keyArn"], field(item, "choice", DECISIONS)
            period = field(item, "RotationPeriodInDays", int)
            must("approval", key_arn in self.findings.candidates, "it names a key that is no candidate")
            must("approval", key_arn not in named, "it names a key twice")
            must("approval", is_named(item), "the ARN is of another key")
            must("approval", period == self.begun["RotationPeriodInDays"], "the period is not the rollout's")
            key = self.keys.setdefault(key_arn, Key())
            is_begun = key.outcome in ("unsettled", "applied")
            must("approval", decision == "approve" or not is_begun, "it comes too late")
            earlier = key.made.get(approver, "")
            must("approval", earlier <= at, "its approver has decided since")
            key.made[approver] = at
            until = expires if decision == "approve" else ""
            voice = (WEIGHTS[decision], until, len(self.approvals), decision, approval, period, item.get("reason"))
            key.decide(approver, voice)
            named.add(key_arn)
            counts[decision] += 1
        header = arranged(body, APPROVAL)
        decisions = header.pop("decisions")
        size = measured(written({**header, "decisions": decisions}))
        self.approvals[approval] = (at, approval, counts, summarize_approval(header, approver, counts), size)
        self.approvers[approval], self.recorded[approval] = approver, recorded
        signature, payload = body.get("signature"), approval_statement(body)
        holds = signature is None or is_signature_of(payload, signature)
        if signature:
            self.envelopes[f"approval-{approval}.dsse.json"] = hashlib.sha256(envelope(payload, signature)).hexdigest()
        self.signed.append((approval, signature and signature["keyid"], holds, counts["approve"] > 0))

    def run(self, _body, must):
        must("unapproved-change", self.approvals, "nothing is approved yet")

    def check(self, body, must):
        self.run(body, must)
        must("entry", body["check"] not in self.checks, "the id of the check was used before")
        self.checked = body["check"]
        self.checks.add(self.checked)

    def configure(self, body, must):
        self.run(body, must)
        self.run_bounds = {"limit": body["limit"], "maxFailures": body["maxFailures"], "keys": set(), "failed": 0}
        self.run_bounds["signers"] = body.get("approverKeys")

    def intend(self, body, must):
        approval, change = field(body, "approval"), field(body, "change", dict)
        period, attempts = field(change, "RotationPeriodInDays", int), field(change, "attempts", int)
        field(change, "status", OUTCOMES)
        at = field(change, "intendedAt", MOMENT)
        key = self.keys.get(field(change, "keyArn"), Key())
        expires, decided = key.held_by(self.approvers.get(approval), approval)
        in_force = key.decision == "approve" and decided == ("approve", approval, period)
        must("unapproved-change", "configure-begun" in self.kinds and in_force, "no approval of this is in force")
        signers, signer = self.run_bounds["signers"], self.approvers[approval]
        signed = signers is None or signer in [f"key:{keyid}" for keyid in signers]
        must("unapproved-change", signed, "a key that the run required did not sign the approval")
        must("unapproved-change", at < expires, "the approval had expired")
        must("unapproved-change", not key.is_on(), "the key is on")
        must("outcome", attempts == key.intents + 1, "the attempts are not the intents")
        run = self.run_bounds
        run["keys"].add(change["keyArn"])
        within = run["limit"] is None or len(run["keys"]) <= run["limit"]
        must("unapproved-change", within, "more keys are changed than the limit of the run")
        contradiction = intent_contradicts(change) or answer_contradicts(change, key)
        must("outcome", contradiction is None, f"it contradicts itself: {contradiction}")
        key.intents, key.announced = attempts, {name: change.get(name) for name in ANNOUNCED}
        key.end(change)

    def conclude(self, body, must):
        outcome, attempts = field(body, "status", OUTCOMES), field(body, "attempts", int)
        key, announced = self.keys.get(field(body, "keyArn"), Key()), "intendedAt" in body
        must("unapproved-change", "configure-begun" in self.kinds and key.decision, "nobody decided on the key")
        must("outcome", field(body, "RotationPeriodInDays", int) == key.period, "the period is not the decision's")
        must("outcome", not key.is_on(), "the key had ended before")
        must("outcome", attempts == key.intents, "the attempts are not the intents")
        must("outcome", attempts or not (announced or outcome == "applied"), "it was never announced")
        said = [name for name in ANNOUNCED if announced and (name != "found" or body.get("proof") != "presumed")]
        same = all(body.get(name) == key.announced[name] for name in said)
        must("outcome", same, "it was announced at another time, or after another check")
        contradiction, run = outcome_contradicts(body) or answer_contradicts(body, key), self.run_bounds
        must("outcome", contradiction is None, f"it contradicts itself: {contradiction}")
        run["failed"] += outcome == "failed"
        within = run["maxFailures"] is None or run["failed"] <= run["maxFailures"]
        must("outcome", within, "more changes fail than the run may")
        key.end(body)

    def judge(self, body, must):
        verdict, key = field(body, "kind", VERDICTS), self.keys.get(field(body, "keyArn"), Key())
        must("verdict", body["check"] == self.checked, "it is of another check than the one that is on")
        must("verdict", key.outcome == "applied", "the key was not changed")
        contradiction = verdict_contradicts(body, key.change)
        must("verdict", contradiction is None, f"it contradicts itself: {contradiction}")
        key.judged, key.verdict = body["readAt"], verdict
        key.judgment = measured(record_line(arranged(body, VERDICT)))


# After these nothing of an earlier phase is recorded, but for approvals.
BEGINNINGS = ("assess-begun", "assess-completed", "configure-begun", "check-begun")

RULES = {
    "assess-begun": History.begin,
    "accounts-reached": History.reach,
    "place-assessed": History.assess_place,
    "place-unreachable": History.miss_place,
    "assess-completed": History.complete,
    "approval": History.approve,
    "configure-begun": History.configure,
    "intent": History.intend,
    "outcome": History.conclude,
    "check-begun": History.check,
    "verdict": History.judge,
}


def own_time(kind, body, at):
    """The time that what is recorded says of itself, if it does."""
    if kind == "approval":
        return body.get("imported", body)["at"]
    if kind == "outcome":
        return next((body[name] for name in ("finishedAt", "checkedAt", "intendedAt") if name in body), None)
    own = {"assess-begun": ("createdAt", body), "intent": ("intendedAt", body.get("change")), "verdict": ("readAt", body)}
    name, record = own.get(kind, (None, None))
    return record[name] if name else at


def is_widened(before, after, added):
    """Reaching more accounts adds Regions to the scope, which are then no longer left out."""
    def rest(rollout):
        kept = {name: value for name, value in rollout.items() if name not in ("scope", "regionsLeftOut")}
        return {**kept, **rollout["scope"], "regions": []}

    regions, left = after["scope"]["regions"], before.get("regionsLeftOut")
    still = None if left is None else [region for region in left if region not in regions]
    due = sorted({*before["scope"]["regions"], *(region for _, region in added)}, key=ascending)
    return regions == due and rest(before) == rest(after) and (
        after.get("regionsLeftOut") == still
    )


# The reports.


def check_plan(directory, rollout):
    """What the approvers were shown follows from the findings, which follow from what was read."""
    scope = {name: value for name, value in rollout["scope"].items() if name != "lastUsage"}
    header = {"schema": "keyturn/plan/v1", "scope": scope, "RotationPeriodInDays": rollout["RotationPeriodInDays"]}
    written = [canonical(header)]
    volatile = ("readAt", "NextRotationDate", "lastUsage", "explanation", "advice", "gaps")

    def use(line, where):
        finding = parse(line)
        check_finding(finding, rollout, where)
        said = arranged(finding, FINDING)
        if said["reason"] is None:
            del said["reason"]
        require(record_line(said) == line + b"\n", "evidence-report", where, "its fields are out of order")
        stable = {name: value for name, value in finding.items() if name not in volatile}
        if stable["reason"] is None:
            del stable["reason"]
        gaps = [gap for gap in finding["gaps"] if gap["operation"] != "GetKeyLastUsage"]
        stable["gaps"] = [{name: gap[name] for name in ("operation", "kind", "code")} for gap in gaps]
        written.append(canonical(stable))

    read_records(directory, "findings.jsonl", "evidence-findings", use)
    size = sum(map(len, written)), hashlib.sha256(b"".join(written)).hexdigest()
    same = measure(os.path.join(directory, "plan.jsonl")) == size
    require(same, "evidence-report", "plan.jsonl", "it does not follow from the findings")


def canonical(record):
    """RFC 8785, as far as Keyturn uses JSON, with its newline."""
    def sort(value):
        if isinstance(value, dict):
            return {name: sort(value[name]) for name in sorted(value, key=ascending)}
        return [sort(each) for each in value] if isinstance(value, list) else value

    return (json.dumps(sort(record), separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def times_of(history, findings):
    approved = [row[0] for row in history.approvals.values()]
    keys = [key for key in history.keys.values() if key.decision == "approve"]
    changed = [key.change["finishedAt"] for key in keys if key.change and "finishedAt" in key.change]
    judged = [key.judged for key in keys if key.judged]
    rows = [[findings.read_first, findings.read_last], approved, changed, judged]
    spans = [pick(filter(None, row), default=None) for row in map(list, rows) for pick in (min, max)]
    return dict(zip(TIMES, [history.begun["createdAt"], history.assessed, *spans]))


def summarize_approval(header, approver, counts):
    """An approval in `summary.json`: `importedBy` and `importedAt` stand for `imported`, a signature only in its approver."""
    by, imported = header["submittedBy"], header.get("imported")
    return {
        **{"id": header["id"], "at": header["at"], "expiresAt": header["expiresAt"], "approver": approver},
        **{name: by[name] for name in ("callerArn", "account", "osUser", "host") if name in by},
        **({"importedBy": imported["by"]["callerArn"], "importedAt": imported["at"]} if imported else {}),
        **{name: header[name] for name in ("source", "reason", "planDigest") if name in header},
        **{name: counts[word] for word, name in DECISIONS.items()},
    }


def check_reports(directory, history, findings, summary):
    """Each data document, to the byte: what a file has to be, in pieces; a piece is its bytes, or their size and digest."""
    rollout = arranged(history.begun, ROLLOUT)
    if history.plan:
        rollout.update(assessedAt=history.assessed, planDigest=history.plan)
    check_pieces(directory, "rollout.json", [written({"schema": "keyturn/rollout/v1", **rollout}) + b"\n"])
    check_pieces(directory, "approvals.json", approvals_of(history))
    candidates = sorted(findings.candidates, key=ascending)
    check_pieces(directory, "decisions.jsonl", (decision_line(arn, history.keys.get(arn)) for arn in candidates))
    approved = [arn for arn in candidates if arn in history.keys and history.keys[arn].decision == "approve"]
    rows = [(arn, history.keys[arn]) for arn in approved]
    check_pieces(directory, "outcomes.jsonl", (key.report or pending_line(arn, key) for arn, key in rows))
    is_judged = any(key.verdict for _, key in rows)
    check_pieces(directory, "verdicts.jsonl", (verdict_line(arn, key) for arn, key in rows if is_judged))
    check_pieces(directory, "summary.json", [written(summary) + b"\n"])
    check_pieces(directory, ".gitattributes", [b"* -text\n"])


def check_pieces(directory, name, pieces):
    with open(os.path.join(directory, name), "rb") as file:
        for number, piece in enumerate(pieces, 1):
            size, sha256 = measured(piece) if isinstance(piece, bytes) else piece
            same = measured(file.read(size)) == (size, sha256)
            require(same, "evidence-report", f"{name} (part {number})", "it does not follow from the journal and the findings")
        require(not file.read(1), "evidence-report", name, "it says more than follows from the journal and the findings")


def approvals_of(history):
    """By time and id, each whole: an approval can hold as many decisions as there are keys."""
    yield b'{"schema":"keyturn/approvals/v1","approvals":['
    for index, row in enumerate(sorted(history.approvals.values(), key=lambda row: row[:2])):
        if index:
            yield b","
        yield row[-1]
    yield b"]}\n"


def names_in(key_arn):
    return {"keyArn": key_arn, **{name: parts_of(key_arn)[name] for name in ("keyId", "account", "region")}}


def decision_line(key_arn, key):
    """The decision in force on a candidate, whose it is, and all who decline."""
    if not key:
        return record_line({**names_in(key_arn), "choice": "undecided"})
    said = {**names_in(key_arn), "choice": key.decision}
    if key.reason is not None:
        said["reason"] = key.reason
    said.update(approval=key.approval, approver=key.approver)
    if key.decision == "approve":
        said["expiresAt"] = key.expires
    if key.decision == "decline":
        said["declinedBy"] = sorted(approver for approver, voice in key.voices.items() if voice[3] == "decline")
    return record_line(said)


def pending_line(key_arn, key):
    """An approved key of which nothing was begun."""
    rest = {"RotationPeriodInDays": key.period, "attempts": 0, "drift": []}
    return record_line({**names_in(key_arn), "status": "pending", **rest})


def verdict_line(key_arn, key):
    """The last verdict on a key, or why there is none."""
    if key.verdict:
        return key.judgment
    said, why = "not-changed", key.outcome or "pending"
    if why == "applied":
        said, why = "not-validated", "changed since the last validation"
    return record_line({**names_in(key_arn), "differences": [], "replicas": [], "kind": said, "reason": why})


def summarize(history, findings):
    """`summary.json`."""
    approved = [key for key in history.keys.values() if key.decision == "approve"]
    decided = Counter(key.decision for key in history.keys.values())
    counted, verdicts = (Counter(words) for words in (
        [key.outcome or "pending" for key in approved], [key.verdict for key in approved if key.verdict]
    ))
    outcomes = {word: counted[word] for word in OUTCOMES}
    begun = arranged(history.begun, ROLLOUT)
    by_place = [body for _, body in sorted(history.places.items())]
    places = [count_place(body, findings) for body in by_place if "listed" in body]
    kinds = ("listed", *FINDINGS, "awsManaged")
    totals = {name: sum(row[name] for row in places) for name in kinds}
    return {
        **{"schema": "keyturn/summary/v1", "rollout": history.rollout, "phase": phase_of(history, outcomes, verdicts)},
        **{"keyturnVersion": begun["keyturnVersion"], "callerArn": begun["callerArn"], "scope": begun["scope"]},
        "regionsLeftOut": begun.get("regionsLeftOut"),
        "RotationPeriodInDays": begun["RotationPeriodInDays"],
        **{"times": times_of(history, findings), "planDigest": history.plan, "totals": totals},
        "reconciled": all(row["reconciled"] for row in places),
        "ineligible": count_reasons(findings, "ineligible"),
        "unknown": count_reasons(findings, "unknown"),
        "rotationAmongStateIneligible": {
            name: findings.rotation[word] for name, word in zip(("on", "off", "unreadable", "notRead"), ROTATION_WORDS)
        },
        "replicasWithPrimaryOutsideScope": {
            "count": findings.orphans,
            "regionsToAdd": sorted(filter(None, findings.primaries), key=ascending),
        },
        "keyPolicyRefusals": {name: findings.refusals[name] for name in ("refused", "conditional")},
        "places": places,
        "unreachable": [{name: body[name] for name in UNREACHABLE} for body in by_place if "reason" in body],
        "decisions": {
            **{name: decided[word] for word, name in DECISIONS.items()},
            "undecided": len(findings.candidates) - len(history.keys),
        },
        "approvedBy": [row[3] for row in sorted(history.approvals.values(), key=lambda row: row[:2])],
        "outcomes": outcomes,
        "validation": verdicts and {
            "requested": len(approved),
            **{word: verdicts[word] for word in VERDICTS},
            "notYetValidated": outcomes["applied"] - sum(verdicts.values()),
            "notChanged": {word: outcomes[word] for word in OUTCOMES[1:]},
        } or None,
        "mismatches": mismatches_of(findings, places, totals) if history.plan else [],
    }


def phase_of(history, outcomes, verdicts):
    """The last phase that is complete."""
    if not history.approvals:
        return "assessed" if history.plan else "assessing"
    if outcomes["pending"] or outcomes["unsettled"] or not any(outcomes.values()):
        return "approved"
    return "validated" if verdicts and sum(verdicts.values()) == outcomes["applied"] else "configured"


def mismatches_of(findings, places, totals):
    """Equations between what was listed and what was found that do not hold."""
    rows = []
    for row in places:
        name = f"{row['account']} {row['region']}: listed = candidate + enabled + ineligible + unknown + AWS managed"
        rows.append((name, row["listed"], sum(row[kind] for kind in (*FINDINGS, "awsManaged"))))
    for kind in FINDINGS:
        rows.append((f"findings that are {kind} = {kind} by place", findings_of(findings, kind), totals[kind]))
    return [{"equation": name, "left": left, "right": right} for name, left, right in rows if left != right]


def findings_of(findings, kind):
    return sum(counts[kind] for counts in findings.places.values())


def count_place(body, findings):
    found = findings.places.get((body["account"], body["region"]), Counter())
    reconciled = body["listed"] == body["awsManaged"] + sum(found.values())
    listed = {name: body[name] for name in ("account", "region", "listed")}
    counts = {kind: found[kind] for kind in FINDINGS}
    return {**listed, **counts, "awsManaged": body["awsManaged"], "reconciled": reconciled}


def count_reasons(findings, kind):
    """Most frequent first; an ineligible key's type or its state stands against rotation."""
    rows = sorted(findings.reasons.get(kind, {}).items(), key=lambda row: (-row[1], row[0]))
    basis = lambda reason: {"basis": "type" if reason in TYPE_REASONS else "state"} if kind == "ineligible" else {}
    return [{"reason": reason, **basis(reason), "count": count} for reason, count in rows]


# The signatures: Ed25519 (RFC 8032) over DSSE envelopes.

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PUBLIC_KEY = re.compile(r"MCowBQYDK2VwAyEA[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\Z")  # 44 bytes of DER, in one way only
SIGNATURE = re.compile(r"[A-Za-z0-9+/]{85}[AQgw]==\Z")  # 64 bytes, in one way only
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT = pow(2, (PRIME - 1) // 4, PRIME)
ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = (0, 1, PRIME - 1, ORDER_8, PRIME - ORDER_8)  # the y of the points that no one holds a private key of


def add(one, other):
    """The sum of two points (X, Y, Z, T), as in RFC 8032, 5.1.4."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * CURVE * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = (b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def multiply(scalar, point):
    product = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            product = add(product, point)
        point, scalar = add(point, point), scalar >> 1
    return product


def decode_point(data):
    """None if the bytes are not the one way to write a point, or its order is small."""
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    if y >= PRIME or y in SMALL_ORDER:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if (x * x - square) % PRIME == 0 else x * ROOT % PRIME
    if (x * x - square) % PRIME:
        return None
    x = x if x & 1 == sign else PRIME - x
    return x, y, 1, x * y % PRIME


def encode_point(point):
    x, y = (part * pow(point[2], PRIME - 2, PRIME) % PRIME for part in point[:2])
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode_point((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little"))


def is_ed25519(public, message, signature):
    point, s = decode_point(public), int.from_bytes(signature[32:], "little")
    if point is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    negative = (-point[0] % PRIME, point[1], 1, -point[3] % PRIME)
    return encode_point(add(multiply(s, BASE), multiply(k, negative))) == signature[:32]


def read_signature(record):
    if not isinstance(record, dict) or set(record) != {"keyid", "publicKey", "sig"}:
        raise Malformed("signature is not what it should be")
    field(record, "keyid", SHA256), field(record, "publicKey", PUBLIC_KEY), field(record, "sig", SIGNATURE)
    return record


def is_signature_of(payload, signature):
    """Whether it is over the payload, by the very key that it names."""
    der = base64.b64decode(signature["publicKey"])
    message = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
    is_named = hashlib.sha256(der).hexdigest() == signature["keyid"]
    return is_named and is_ed25519(der[12:], message, base64.b64decode(signature["sig"]))


def in_order(value):
    """The same value with the fields of each object in the order of RFC 8785."""
    if isinstance(value, dict):
        return {name: in_order(value[name]) for name in sorted(value, key=ascending)}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def statement(name, sha256, kind, predicate):
    subject = [{"name": name, "digest": {"sha256": sha256}}]
    whole = {"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": f"urn:keyturn:{kind}:v1"}
    text = json.dumps(in_order({**whole, "predicate": predicate}), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def approval_statement(approval):
    signed = {name: value for name, value in approval.items() if name not in ("signature", "imported")}
    return statement("plan.jsonl", approval["planDigest"], "approval", signed)


def envelope(payload, signature):
    encoded = base64.b64encode(payload).decode()
    whole = {"payloadType": PAYLOAD_TYPE, "payload": encoded, "signatures": [signature]}
    return json.dumps(whole, separators=(",", ":")).encode() + b"\n"


def check_envelopes(history, sha256):
    """Each signed approval is in a file of its own, and no other is."""
    named = {name: value for name, value in sha256.items() if name.endswith(".dsse.json")}
    for name in sorted(set(named) | set(history.envelopes)):
        same = named.get(name) == history.envelopes.get(name)
        require(same, "evidence-report", shown(name), "the journal says otherwise")


def check_signatures(directory, history, manifest_sha256, is_signed):
    """Returns the keyid under the bundle, or None."""
    for approval, _, holds_, _ in history.signed:
        require(holds_, "evidence-signature", f"approval {shown(approval)}", "its signature does not hold")
    if not is_signed:
        return None
    name = "bundle.dsse.json"
    signatures = read_document(directory, name, "evidence-signature").get("signatures")
    require(isinstance(signatures, list) and len(signatures) == 1, "evidence-signature", name, "not one signature")
    try:
        signature = read_signature(signatures[0])
    except Malformed as error:
        raise Wrong(f"evidence-signature: {name}: {error}") from error
    payload = statement("manifest.json", manifest_sha256, "evidence", {"rollout": history.rollout})
    with open(os.path.join(directory, name), "rb") as file:
        same = file.read() == envelope(payload, signature)
    require(same, "evidence-signature", name, "it is not a signature over this manifest")
    require(is_signature_of(payload, signature), "evidence-signature", name, "its signature does not hold")
    return signature["keyid"]


# Trust: whose keys they are is for the reader to say.

PEM_KEY = re.compile(
    r"^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\s]+)^-----END PUBLIC KEY-----[ \t\r]*$", re.M | re.A
)
ROLES = {"--trust": "either", "--trust-approver": "approver", "--trust-maker": "maker"}


class Unusable(Exception):
    """What the caller gave cannot be used."""


def read_trusted(path, role):
    """The keys of a PEM file as (keyid, role, path); anything else in PEM is refused."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        text = file.read()
    keys = ["".join(body.split()) for body in PEM_KEY.findall(text)]
    sound = all(PUBLIC_KEY.match(key) and decode_point(base64.b64decode(key)[12:]) for key in keys)
    if not keys or len(keys) != text.count("-----BEGIN ") or not sound:
        raise Unusable(f"{ascii(path)} has to contain Ed25519 public keys in PEM, and no others")
    return [(hashlib.sha256(base64.b64decode(key)).hexdigest(), role, path) for key in keys]


def shown(text):
    return ascii(text)[1:-1]


def fits(key, role):
    return key[1] in (role, "either")


def require_trust(history, bundle_keyid, trust):
    """A role for which no key is trusted needs no signature."""
    approving = [(f"approval {shown(name)}", keyid) for name, keyid, _, approves in history.signed if approves]
    rows = [("bundle.dsse.json", bundle_keyid, "maker"), *((*row, "approver") for row in approving)]
    for where, keyid, role in rows:
        if any(fits(key, role) for key in trust):
            is_trusted = any(key[0] == keyid and fits(key, role) for key in trust)
            why = f"it is signed by key {keyid}, which is not trusted as {role}" if keyid else "it is not signed"
            require(is_trusted, "evidence-untrusted", where, why)


def describe_signers(history, bundle_keyid, trust):
    """Sentences on who signed what in which role, and on what that leaves open."""
    rows = [(f"approval {shown(name)}", keyid, "approver") for name, keyid, _, _ in history.signed if keyid]
    rows = [("the bundle", bundle_keyid, "maker")] * bool(bundle_keyid) + rows
    proved, open_ends = [], []
    for what, keyid, role in rows:
        known = [key for key in trust if key[0] == keyid and fits(key, role)]
        names = "; ".join(f"{shown(path)}, trusted as {role}" for _, role, path in known)
        unknown = f"Key {keyid} signed {what}. UNKNOWN KEY: not trusted as {role}."
        proved.append(f"Key {keyid} ({names}) signed {what}." if known else unknown)
    if not bundle_keyid:
        open_ends.append("Origin: the bundle is not signed. Whoever can write all files anew can forge it.")
    unsigned = sum(keyid is None for _, keyid, _, _ in history.signed)
    if unsigned:
        named = "without a signature: only who submitted is named"
        open_ends.append(f"Who decided: {plural(unsigned, 'approval')} {named}.")
    if rows and not trust:
        open_ends.append("Whose keys these are: name those that you trust with --trust-approver and --trust-maker.")
    if any(role == "either" for _, role, _ in trust):
        open_ends.append("That an approver signed the approvals: no role was required of keys named with --trust.")
    for role, who in (("approver", "Who approved"), ("maker", "Who made the bundle")):
        if trust and not any(fits(key, role) for key in trust):
            open_ends.append(f"{who}: no signature was required. Name keys with --trust-{role}.")
    makers, approvers = ({keyid for keyid, known, _ in trust if known == role} for role in ("maker", "approver"))
    for keyid in sorted(makers & approvers):
        open_ends.append(f"That approver and maker are two people: key {keyid} is trusted as both.")
    return proved, open_ends


# What failed, as a whole.

LITTER = re.compile(r"(\.DS_Store|\._.*|\.localized|Icon\r|\.directory|(ehthumbs|Thumbs)\.db|desktop\.ini)\Z", re.I)
ASK_AGAIN = "Do not rely on this evidence. Ask its maker for it again."
CONTRADICT = "The files are what the manifest names, but their contents contradict each other. " + ASK_AGAIN
UNTRUSTED = "The evidence is consistent, but it is not signed by the keys that you trust. "
UNTRUSTED += "Ask the signer whose key it is before you trust it, or "
UNTRUSTED += "ask the maker for evidence that a trusted key signed."
GIT = "To get the original back from git, delete the directory and run: git -c core.autocrlf=false checkout -- DIR"
HIDDEN = "Some tools skip hidden files. Restore this one with: printf '* -text\\n' > .gitattributes"


def with_lf(chunks):
    """The same bytes with LF for each CRLF, also if the two are in different chunks."""
    held = b""
    for chunk in chunks:
        chunk = held + chunk
        held = b"\r" if chunk.endswith(b"\r") else b""
        yield chunk[: len(chunk) - len(held)].replace(b"\r\n", b"\n")
    yield held


def measure_with_lf(path):
    size, sha256 = 0, hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in with_lf(iter(lambda: file.read(1 << 20), b"")):
            sha256.update(chunk)
            size += len(chunk)
    return size, sha256.hexdigest()


def inspect(directory, manifest, manifest_sha256, plain):
    """Names of files by what happened to them: unchanged, missing, changed, with other line endings, extra."""
    files = {file["name"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    sums = [(name, sha256) for name, (_, sha256) in files.items()] + [("manifest.json", manifest_sha256)]
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in sums).encode()
    files["SHA256SUMS"] = (len(text), hashlib.sha256(text).hexdigest())
    states = {"extra": sorted(set(os.listdir(directory)) - set(files) - set(UNNAMED)), "missing": []}
    states["extra"] += sorted(set(os.listdir(directory)) - plain - set(states["extra"]))
    for name, expected in files.items():
        path = os.path.join(directory, name)
        if name not in plain:
            states["missing"].append(name)
        elif measure(path) == expected:
            states.setdefault("unchanged", []).append(name)
        else:
            state = "line endings" if measure_with_lf(path) == expected else "changed"
            states.setdefault(state, []).append(name)
    is_same = measure(os.path.join(directory, "manifest.json"))[1] == manifest_sha256
    states.setdefault("unchanged" if is_same else "line endings", []).append("manifest.json")
    states["expected"] = len(files) + 1
    signature = os.path.join(directory, "bundle.dsse.json")
    if "bundle.dsse.json" in plain and measure(signature) != measure_with_lf(signature):
        states.setdefault("line endings", []).append("bundle.dsse.json")
    return states


def restore_manifest(directory):
    """The manifest with LF for each CRLF, and the SHA-256 of its bytes then."""
    with open(os.path.join(directory, "manifest.json"), "rb") as file:
        text = b"".join(with_lf(iter(lambda: file.read(1 << 20), b"")))
    if not text.endswith(b"\n"):
        raise Malformed("the line has no end")
    return check_manifest(parse(text[:-1])), hashlib.sha256(text).hexdigest()


def explain(directory, code):
    """Says what a failure means for the evidence as a whole, from what really failed."""
    if code == "evidence-untrusted":
        return UNTRUSTED
    plain = {entry.name for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False)}
    if "manifest.json" not in plain:
        return f"manifest.json is missing, so no other file can be checked. {ASK_AGAIN}"
    try:
        manifest, manifest_sha256 = restore_manifest(directory)
    except (Malformed, Wrong):
        return f"manifest.json is damaged or altered, so no other file can be checked. {ASK_AGAIN}"
    states = inspect(directory, manifest, manifest_sha256, plain)
    unchanged, missing, changed, crlf, extra = (
        states.get(state, []) for state in ("unchanged", "missing", "changed", "line endings", "extra")
    )
    if not (missing or changed or crlf or extra):
        signature = f"All {states['expected']} files are consistent, but a signature is not valid. {ASK_AGAIN}"
        return signature if code == "evidence-signature" else CONTRADICT
    total = states["expected"]
    said = []
    if not (missing or changed):
        said.append("With their line endings restored, all" if crlf else "All")
        said[0] += f" {total} files hold." if crlf else f" {total} files that should be here are unchanged."
    if changed:
        said.append(f"{is_or_are(changed)} not what the manifest names: {names_of(changed)}.")
    if missing:
        said.append(f"{is_or_are(missing)} missing: {names_of(missing)}.")
    if (missing or changed) and unchanged:
        said.append(f"Unchanged: {len(unchanged)} of {total} files.")
    if crlf:
        said.append(f"Line endings were changed from LF to CRLF, as git's autocrlf does: {names_of(crlf)}.")
    if extra:
        said.append(f"{is_or_are(extra)} extra: {names_of(extra)}.")
        if all(map(LITTER.match, extra)):
            said.append("macOS or Windows writes such files; they are not part of the evidence.")
    fixes = []
    if missing:
        others = "Restore the missing files, or ask the maker for the evidence again."
        fixes.append(HIDDEN if missing == [".gitattributes"] else others)
    if crlf:
        fixes.append(GIT)
    fixes = [ASK_AGAIN] if changed else fixes or ["Remove what is extra and verify again."]
    return " ".join([*said, *fixes])


def is_or_are(names):
    return "1 file is" if len(names) == 1 else f"{len(names)} files are"


def names_of(names):
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(ascii(name)[1:-1] for name in names[:5]) + more


def plural(number, word):
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


# All of it.


def verify(directory, trust=()):
    """Raises Wrong at the first thing that does not hold; else returns what was proved, and what was not."""
    plain = {entry.name for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False)}
    require("manifest.json" in plain, "evidence-file-missing", "manifest.json", "it is not there")
    manifest = read_manifest(directory)
    check_files(directory, manifest, plain)
    sha256 = {file["name"]: file["sha256"] for file in manifest["files"]}
    findings = Findings()
    read_records(directory, "findings.jsonl", "evidence-findings", findings.read)
    history = History(manifest["rollout"], findings, sha256["findings.jsonl"])
    read_records(directory, "journal.jsonl", "evidence-entry", history.read)
    require(history.begun, "evidence-entry", "journal.jsonl", "it is empty")
    end = {"entries": history.entries, "head": history.head}
    require(manifest["journal"] == end, "evidence-head", "journal.jsonl", "it ends elsewhere than the manifest says")
    same = history.plan in (None, sha256["plan.jsonl"])
    require(same, "evidence-plan", "plan.jsonl", "it is not what was assessed")
    for name in sorted(set(sha256) ^ {*NEEDED, *REPORTS, *history.envelopes}):
        require(False, "evidence-report", name, "every bundle has the files of the format, and no others")
    check_plan(directory, {**history.begun, **({"assessedAt": history.assessed} if history.plan else {})})
    counted = summarize(history, findings)
    check_reports(directory, history, findings, counted)
    not_seen = {
        "unreachable": counted["unreachable"],
        "unknown": counted["totals"]["unknown"],
        "notAssessedAccounts": history.begun.get("notAssessed", []),
        "regionsLeftOut": history.begun.get("regionsLeftOut"),
    }
    parts = {"scope": history.begun["scope"], "times": counted["times"], "notSeen": not_seen}
    for name, due in parts.items():
        require(manifest[name] == due, "evidence-report", "manifest.json", f"{name} is not what it amounts to")
    check_envelopes(history, sha256)
    manifest_sha256 = measure(os.path.join(directory, "manifest.json"))[1]
    bundle_keyid = check_signatures(directory, history, manifest_sha256, "bundle.dsse.json" in plain)
    require_trust(history, bundle_keyid, trust)
    return describe(manifest, history, counted, *describe_signers(history, bundle_keyid, trust))


def describe(manifest, history, counted, signers, open_ends):
    called = sum(key.intents > 0 for key in history.keys.values())
    sealed = "The findings and the plan are the ones assessed."
    unsealed = "The assessment is not complete: nothing but the manifest seals the findings."
    return f"""The evidence is consistent. Rollout {manifest["rollout"]}.
Proved:
  - The directory holds what the manifest names ({plural(len(manifest["files"]), "file")}), unchanged, and nothing else.
  - The journal is whole ({plural(history.entries, "line")}); the last is {history.head}.
  - {sealed if history.plan else unsealed}
  - Each key that was called ({called}) had an approval in force. Approvals of this plan: {len(history.approvals)}.
  - The plan follows from the findings, and each finding, outcome and verdict from what stands beside it.
  - The outcomes follow from the journal: {", ".join(f"{count} {word}" for word, count in counted["outcomes"].items())}.
  - Each data document (JSON, JSON Lines) follows from the journal and the findings, to the byte.{listed(signers)}
Not proved:{listed(open_ends)}
  - What the CSV files, report.md and report.html say: `keyturn verify` makes them again.
  - What AWS did: hold the request ids of the outcomes against CloudTrail.
  - The times. They are those of the machine that ran Keyturn, except the dates that AWS answered."""


USAGE = "usage: python3 verify_evidence.py [--trust-approver FILE] [--trust-maker FILE] [--trust FILE] DIR"


def listed(lines):
    return "".join(f"\n  - {line}" for line in lines)


def main(arguments):
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        options, paths = getopt.gnu_getopt(arguments, "", [f"{name[2:]}=" for name in ROLES])
        marks = {"manifest.json", "SHA256SUMS", "journal.jsonl"}
        if len(paths) != 1 or not marks & set(os.listdir(paths[0])):
            print(USAGE, file=sys.stderr)
            return 2
        trust = [key for name, path in options for key in read_trusted(path, ROLES[name])]
        print(verify(paths[0], trust))
    except getopt.GetoptError as error:
        print(error, USAGE, sep="\n", file=sys.stderr)
        return 2
    except Unusable as error:
        print(error, file=sys.stderr)
        return 2
    except Wrong as wrong:
        print(wrong, explain(paths[0], str(wrong).split(":")[0]), sep="\n", file=sys.stderr)
        return 5
    except OSError as error:
        print(f"it cannot be read: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
