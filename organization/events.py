"""What happens to a person's way in, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.facts import Event

PERSON = ("organization.person", "person_id")


@dataclass(frozen=True, kw_only=True)
class SecondStepWasSwitchedOn(Event):
    text = _("{name} logs in with two steps")
    about = PERSON
    person_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class SecondStepWasSwitchedOff(Event):
    """By the person, or by an administrator because the phone was lost: the actor says which."""

    text = _("{name} logs in with the password alone")
    about = PERSON
    person_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesWereRenewed(Event):
    text = _("{name} has new recovery codes")
    about = PERSON
    person_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeWasUsed(Event):
    text = _("{name} logged in with a recovery code, {left} left")
    about = PERSON
    person_id: int
    name: str
    left: int
