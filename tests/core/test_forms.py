"""What people typed is shown as they typed it wherever a form names it."""

from django import forms

from core.templatetags.ui import act_form


class Findings(forms.Form):
    outcome = forms.CharField(label="<b>柜门</b>", help_text="断路器外壳<script>alert(1)</script>")
    kept = forms.BooleanField(label="留下", help_text="<img src=x onerror=alert(1)>")
    way = forms.ChoiceField(label="方式", choices=[("1", "<i>电话</i>")], widget=forms.RadioSelect, help_text="</div><form>")


def test_words_of_people_in_hints_labels_and_choices_are_no_markup():
    page = act_form({}, Findings())
    for mark in ("<script", "<img", "<b>", "<i>", "</div><form>"):
        assert mark not in page, mark
    assert "断路器外壳&lt;script&gt;" in page
