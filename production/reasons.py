"""Why planning or a workshop cannot go on yet."""

from django.utils.translation import gettext_lazy as _

from core.reasons import declare

declare(
    {
        "line_not_planned": _("No assembly task is planned for line {lines}."),
        "task_without_department": _("Task {tasks} has no department yet."),
        "task_without_dates": _("Task {tasks} has no dates yet."),
        "task_ends_before_it_starts": _("A task cannot end before it starts."),
        "plan_not_released": _("Plan {plan} is not released yet."),
        "components_missing": _("Not in store yet: {items}."),
        "assembly_not_begun": _("Assembly has not begun: {tasks}."),
        "no_finished_goods": _("This task makes no finished goods."),
        "nothing_to_hand_over": _("Nothing is assembled that has not been handed over already."),
        "hand_over_too_much": _("{quantity} can be handed over at the most; the rest is not assembled or handed over already."),
        "quantity_positive": _("Enter a quantity above zero."),
        "nothing_reported": _("Enter what is good or what is scrap."),
        "report_too_much": _("{quantity} are still to be reported as good."),
        "work_held": _("Waits for the conclusion of change {change}."),
        "contact_problem_missing": _("Say what the problem is."),
        "contact_wanted_missing": _("Say what solution is wanted."),
        "contact_with_oneself": _("A contact sheet goes to another department."),
        "contact_due_passed": _("The due time must lie ahead."),
        "contact_answer_missing": _("Write the answer."),
        "contact_closed_unanswered": _("Say why no answer is needed any more."),
    }
)
