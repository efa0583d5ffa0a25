"""A passkey made on the way in, and shown within the dialog of somebody whose session ran out."""

import pytest

from informed_comment.models import SecondStep, StaffSession
from posts.models import Post
from tests.browser.eyes import faults
from tests.browser.test_keeping import draft, wait_until_kept, write_in
from tests.factories import make_user
from tests.posts.test_admin_post import change

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def authenticator(page):
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def fill_in(place):
    place.locator("#id_username").fill("chief")
    place.locator("#id_password").fill("a long enough password")
    place.locator("input[type=submit]").click()


def test_a_passkey_is_set_up_on_the_way_in_and_signs_in_again_within_the_dialog(
    page, authenticator, settings
):
    settings.SECOND_STEP = "required"
    make_user(group="Editor", username="chief")
    post, problems = draft(), []
    page.goto("/admin/login/")
    fill_in(page)
    page.click("text=A passkey")
    page.click("input[type=submit]")
    page.wait_for_url("**/codes/")
    problems += faults(page)
    page.click("input[name=kept]")
    page.wait_for_url("**/admin/")
    assert SecondStep.objects.get().kind == "passkey"
    write_in(page, change(post), " More.")
    wait_until_kept(page)
    StaffSession.objects.all().delete()
    page.keyboard.type(" And more.")
    page.click("button[value=save]")
    page.wait_for_selector(".sign-in:modal")
    frame = page.frame_locator(".sign-in__frame")
    fill_in(frame)
    frame.locator("text=Use your passkey").click()
    page.wait_for_selector(".messagelist .success")
    assert Post.objects.get().body == "<p>Stored. More. And more.</p>"
    assert not problems
