"""The addresses of signing in, all below /admin/."""

from django.urls import path

from informed_comment.signing_in.views import account, passkey, password, second_step, set_up


def paths(site):
    """`site.open_view` lets in whoever is not signed in; `site.admin_view` does not."""
    lets_in, keeps = site.open_view, site.admin_view
    return [
        path("login/second-step/", lets_in(second_step.second_step), name="second_step"),
        path("login/passkey/", lets_in(passkey.options), name="passkey_options"),
        path("login/link/<str:key>/", lets_in(password.link), name="sign_in_link"),
        path("login/set-up/", lets_in(set_up.choose), name="set_up"),
        path("login/set-up/app/", lets_in(set_up.add_app), name="add_app"),
        path("login/set-up/passkey/", lets_in(set_up.add_passkey), name="add_passkey"),
        path("login/set-up/codes/", lets_in(set_up.recovery_codes), name="recovery_codes"),
        path("account/", keeps(account.account), name="account"),
        path("account/prove/", site.framed(keeps(account.prove)), name="prove"),
        path("account/new-password/", keeps(account.new_password), name="new_password"),
        path("account/sessions/end/", keeps(account.end_sessions), name="end_sessions"),
        path("account/steps/<int:pk>/remove/", keeps(account.remove_step), name="remove_step"),
    ]
