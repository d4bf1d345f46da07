"""What waits for a post that nobody holds any more, and who is told instead (SLA-03)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import ngettext

from core.questions import answers
from core.reasons import plain
from organization.finding import Seat, recipients
from organization.models import Post
from sla.models import RunningClock


@answers("post_left")
def what_waits(post: Post, at: datetime) -> str | None:
    """In a sentence; also what waits for the post's role, when nobody else acts in it at the company. None when nothing waits."""
    company_id = post.department.company_id
    waits = Q(post_id=post.pk)
    if not Post.objects.acted_in(at).filter(role=post.role, department__company=company_id).exclude(pk=post.pk).exists():
        waits |= Q(post_id=None, role=post.role, company_id=company_id)
    clocks = RunningClock.objects.open().filter(waits)
    seats = [Seat(*row) for row in clocks.values_list("role", "company_id", "post_id", "department_id").distinct()]
    people = dict.fromkeys(str(person) for seat in seats for person in recipients(seat, at, set())[0])
    said = ngettext(
        "%(n)s open clock waits for %(post)s. Told instead: %(who)s",
        "%(n)s open clocks wait for %(post)s. Told instead: %(who)s",
        clocks.count(),
    )
    return said % {"n": clocks.count(), "post": post, "who": plain(list(people))} if seats else None
