"""Companies, departments, posts, people, delegations, calendars (ORG-05). Accounts are for administrators and the group's manager."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.contrib.messages import SUCCESS, WARNING
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.questions import ask
from organization import admin_core  # noqa: F401  registers what core keeps
from organization.admin_site import MasterAdmin, MasterInline, companies_kept, keeps_everything
from organization.models import Calendar, CalendarDay, Company, Delegation, Department, Person, Post
from organization.roles import MASTER_KEEPERS, Role
from organization.second_step import reset_second_step

admin.site.unregister(Group)  # rights hang on posts, groups would only mislead
admin.site.unregister(TOTPDevice)  # secrets are nobody's to read; a lost phone is answered by the action on people


class GroupOnly:
    """Added and deleted by those who keep the whole group."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)


class PostsInline(MasterInline):
    model = Post
    fk_name = "holder"
    fields = ("department", "role", "starts", "ends")
    autocomplete_fields = ("department",)
    verbose_name_plural = _("posts")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No tick takes the last administrator's post away: a row to be deleted is not checked any more."""
        return super().has_delete_permission(request, obj) and not (obj and obj.posts.are_the_last_administrators(localdate()))


def say_what_waits(keeper: admin.ModelAdmin, request: HttpRequest, posts: QuerySet[Post]) -> None:
    """Of posts that nobody holds now: how many clocks wait for each, and who is told instead."""
    at = request.now  # type: ignore[attr-defined]
    for post in posts.exclude(pk__in=Post.objects.held(localtime(at).date())):
        for words in ask("post_left", post=post, at=at):
            keeper.message_user(request, words, WARNING)


class PersonForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = Person
        fields = ("username", "name")


@admin.register(Person)
class PersonAdmin(GroupOnly, UserAdmin):
    """Somebody who logs in; what they may do hangs on the posts below."""

    add_form = PersonForm
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email", "language")}),
        (_("Access"), {"fields": ("is_active", "second_step_since", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "name", "usable_password", "password1", "password2")}),)
    readonly_fields = ("second_step_since", "last_login", "date_joined")
    list_display = ("username", "name", "roles", "is_active", "second_step_since")
    list_filter = ("is_active", "posts__role")
    search_fields = ("username", "name")
    ordering = ("username",)
    filter_horizontal = ()
    inlines = (PostsInline,)
    actions = ("take_second_step_away",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("posts__department__company")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        say_what_waits(self, request, form.instance.posts.all())

    @admin.display(description=_("posts"))
    def roles(self, person: Person) -> str:
        return "；".join(str(post) for post in person.posts.all())

    @admin.action(description=_("Phone lost: log in with the password alone until two steps are set up anew"), permissions=["change"])
    def take_second_step_away(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        found = list(people.exclude(second_step_since=None))
        for person in found:
            reset_second_step(person=person, by=request.actor, at=request.now)  # type: ignore[attr-defined]
            self.log_change(request, person, "second step reset")
        said = ngettext("%(n)s person logs in with the password alone.", "%(n)s people log in with the password alone.", len(found))
        self.message_user(request, said % {"n": len(found)}, SUCCESS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return keeps_everything(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # who has acted stays on record; leaving is "active" switched off


@admin.register(Company)
class CompanyAdmin(GroupOnly, MasterAdmin):
    company_path = "pk"
    list_display = ("code", "name", "short_name", "kind", "calendar")
    list_filter = ("kind",)
    search_fields = ("code", "name")


@admin.register(Department)
class DepartmentAdmin(MasterAdmin):
    company_path = "company"
    list_display = ("name", "company", "head", "calendar")
    list_filter = ("company",)
    list_select_related = ("company", "head__department__company", "calendar")
    search_fields = ("name", "company__name", "company__short_name")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "head" and field is not None:
            field.queryset = field.queryset.select_related("department__company")
        return field


@admin.register(Post)
class PostAdmin(MasterAdmin):
    company_path = "department__company"
    list_display = ("role", "department", "holder", "starts", "ends")
    list_filter = ("department__company", "role")
    list_select_related = ("department__company", "holder")
    search_fields = ("holder__name", "holder__username", "department__name")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A general manager gives no post that reaches beyond the company."""
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "role" and companies_kept(request) is not None and field is not None:
            beyond = MASTER_KEEPERS - {Role.GENERAL_MANAGER}
            field.choices = [choice for choice in field.choices if choice[0] not in beyond]
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A held administrator's post is vacated first, where it is asked whether another is left."""
        return super().has_delete_permission(request, obj) and not (obj and obj.role == Role.ADMINISTRATOR and obj.holder_id)

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        say_what_waits(self, request, Post.objects.filter(pk=obj.pk))


@admin.register(Delegation)
class DelegationAdmin(MasterAdmin):
    company_path = "post__department__company"
    list_display = ("post", "to", "starts", "ends")
    list_select_related = ("post__department__company", "to")
    search_fields = ("post__holder__name", "to__name")


@admin.register(Calendar)
class CalendarAdmin(MasterAdmin):
    """One that other companies work by, too, is read by their managers and changed by those who keep the whole group."""

    list_display = ("name", "shifts", "days_off")

    def keeps_row(self, request: HttpRequest, row: Calendar) -> bool:
        kept = companies_kept(request)
        return kept is None or row.companies() <= kept


@admin.register(CalendarDay)
class CalendarDayAdmin(MasterAdmin):
    company_path = "company"
    groups_shown = True
    list_display = ("date", "working", "name", "company")
    list_filter = ("working", "company")
    date_hierarchy = "date"
    ordering = ("-date",)
