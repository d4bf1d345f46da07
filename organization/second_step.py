"""Logging in with two steps: after the password a code from the person's phone (TOTP), or one of the recovery codes.

A code counts once; after a wrong one the next has to wait, longer each time (django-otp). Wrong codes at the log-in are counted by the
lock-out beside wrong passwords (organization/views.py). A company may demand it of those who keep master data.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotAllowed, NotReady, Reason, declare
from organization.events import RecoveryCodesWereRenewed, RecoveryCodeWasUsed, SecondStepWasSwitchedOff, SecondStepWasSwitchedOn
from organization.models import Company, Person, RecoveryCode
from organization.roles import MASTER_KEEPERS, Role, has_role

RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read for something else
KEEPERS_OF_ACCOUNTS = (Role.ADMINISTRATOR, Role.GROUP_MANAGER)

declare(
    {
        "second_step_is_on": _("Logging in with two steps is on already."),
        "second_step_is_off": _("Logging in with two steps is off."),
        "second_step_is_unconfirmed": _("First enter a code from the phone."),
        "second_step_is_demanded": _("{company} demands two steps of its managers and administrators."),
        "own_account_only": _("Everybody sets this for their own account only."),
    }
)


def demanded_of(actor: Actor) -> Company | None:
    """The company that demands two steps of this actor: of its keepers of master data, where it is switched on."""
    kept = {hat.company_id for hat in actor.hats if hat.role in MASTER_KEEPERS}
    return Company.objects.filter(pk__in=kept, second_step_demanded=True).first() if kept else None


@act
def prepare(person: Person) -> TOTPDevice | None:
    """The secret that waits to be confirmed by a first code; the same one until then. None when two steps are on already."""
    if Person.objects.select_for_update().get(pk=person.pk).second_step_since is not None:
        return None
    waiting = TOTPDevice.objects.filter(user=person, confirmed=False).order_by("pk").first()
    return waiting or TOTPDevice.objects.create(user=person, confirmed=False, name="phone")


def secret_of(device: TOTPDevice) -> str:
    """The secret as people type it when the picture cannot be read: groups of four."""
    text = b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@act
def prove_second_step(*, person: Person, code: str, at: datetime) -> bool:
    """Is this the code of the moment, or a recovery code that was never used? A right one is used up, a wrong one delays the next.

    Before it is switched on the secret that waits for confirmation answers, and recovery codes do not.
    """
    devices = TOTPDevice.objects.select_for_update().filter(user=person, confirmed=person.second_step_since is not None)
    device = devices.order_by("pk").first()
    typed = code.replace(" ", "").replace("-", "").lower()
    if device is None:
        return False
    if len(typed) == device.digits and typed.isascii() and typed.isdigit():
        return device.verify_token(typed)
    return device.confirmed and device.verify_is_allowed()[0] and _use_recovery_code(device, person, typed, at)


def _use_recovery_code(device: TOTPDevice, person: Person, typed: str, at: datetime) -> bool:
    if not person.recovery_codes.filter(digest=_digest(person, typed), used_at=None).update(used_at=at):
        device.throttle_increment()
        return False
    device.throttle_reset()
    left = person.recovery_codes.filter(used_at=None).count()
    publish(RecoveryCodeWasUsed(order_id=None, person_id=person.pk, name=str(person), left=left), by=_self(person), at=at)
    return True


@act
def switch_on_second_step(*, person: Person, by: Actor, at: datetime) -> list[str]:
    """The secret was confirmed by a first code (`prove_second_step`): from now on it is asked for. Returns the recovery codes, readable
    this once. Every other session of the person ends.
    """
    own = _own(person, by)
    if own.second_step_since is not None:
        raise NotReady(Reason("second_step_is_on"))
    if not TOTPDevice.objects.filter(user=own, confirmed=False, last_t__gte=0).update(confirmed=True):
        raise NotReady(Reason("second_step_is_unconfirmed"))
    _set(own, person, since=at)
    publish(SecondStepWasSwitchedOn(order_id=None, person_id=own.pk, name=str(own)), by=by, at=at)
    return _new_codes(own)


@act
def renew_recovery_codes(*, person: Person, by: Actor, at: datetime) -> list[str]:
    """New recovery codes in the place of all earlier ones; readable this once."""
    own = _own(person, by)
    if own.second_step_since is None:
        raise NotReady(Reason("second_step_is_off"))
    publish(RecoveryCodesWereRenewed(order_id=None, person_id=own.pk, name=str(own)), by=by, at=at)
    return _new_codes(own)


@act
def switch_off_second_step(*, person: Person, by: Actor, at: datetime) -> None:
    """The password alone again; not where a company demands both."""
    own = _own(person, by)
    if (company := demanded_of(by)) is not None:
        raise NotReady(Reason("second_step_is_demanded", company=company.short_name))
    _take_away(own, person, by, at)


@act
def reset_second_step(*, person: Person, by: Actor, at: datetime) -> None:
    """A phone was lost: whoever keeps accounts takes the second step away; the person sets it up anew. Idempotent."""
    if not has_role(by, *KEEPERS_OF_ACCOUNTS):
        raise NotAllowed(Reason("not_yours", roles=[str(role.label) for role in KEEPERS_OF_ACCOUNTS]))
    own = Person.objects.select_for_update().get(pk=person.pk)
    if own.second_step_since is not None:
        _take_away(own, person, by, at)


def _own(person: Person, by: Actor) -> Person:
    if by.person_id != person.pk:
        raise NotAllowed(Reason("own_account_only"))
    return Person.objects.select_for_update().get(pk=person.pk)


def _set(own: Person, person: Person, *, since: datetime | None) -> None:
    own.second_step_since = person.second_step_since = since
    own.save(update_fields=["second_step_since"])


def _take_away(own: Person, person: Person, by: Actor, at: datetime) -> None:
    TOTPDevice.objects.filter(user=own).delete()
    own.recovery_codes.all().delete()
    _set(own, person, since=None)
    publish(SecondStepWasSwitchedOff(order_id=None, person_id=own.pk, name=str(own)), by=by, at=at)


def _new_codes(person: Person) -> list[str]:
    person.recovery_codes.all().delete()
    codes = ["".join(secrets.choice(ALPHABET) for _each in range(10)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(person=person, digest=_digest(person, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(person: Person, code: str) -> str:
    """Under the product's secret key: whoever reads the database alone cannot try codes against it."""
    return salted_hmac("organization.RecoveryCode", f"{person.pk}:{code}", algorithm="sha256").hexdigest()


def _self(person: Person) -> Actor:
    return Actor("person", str(person), person.pk)
