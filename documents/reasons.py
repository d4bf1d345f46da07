"""Why a file is refused or a form cannot be printed."""

from django.utils.translation import gettext_lazy as _

from core.reasons import NotReady, declare

declare(
    {
        "file_refused_type": _("Files ending in “{ending}” are not taken. Taken are: {allowed}."),
        "file_refused_content": _("The content of “{name}” is not what its ending “{ending}” says. Save it anew in the right format."),
        "file_refused_empty": _("The file “{name}” is empty."),
        "file_refused_size": _("The file has {size} MB; {limit} MB are allowed."),
        "file_refused_pixels": _("The picture has {size} million pixels; {limit} million are allowed. Make it smaller first."),
        "printing_missing": _("Printing is not possible on this machine: {what}"),
        "printing_glyphs": _("No font on this machine has the characters {characters}. Ask the administrator to install Noto CJK fonts."),
        "printing_refused": _("The form asked for {addresses}, which printing never fetches. Tell the administrator."),
        "printing_too_long": _("The form is too long to be printed ({size} MB; {limit} MB are allowed)."),
        "printing_problem": _("The form could not be drawn: {problem}. Tell the administrator."),
    }
)


class PrintingUnavailable(NotReady):
    """Something that printing needs is missing from this machine."""


class PrintingFailed(NotReady):
    """The form was not made: better none than a wrong one."""
