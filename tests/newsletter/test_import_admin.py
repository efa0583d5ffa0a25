"""The screens of an import: a file is sent, looked at, imported by the worker, reported, undone."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from newsletter.importing import course
from newsletter.models import ImportBatch, Subscriber
from tests.factories import make_subscriber, make_user
from tests.newsletter.importing import HEAD, imported, looked_at, of_layout, received, states, worked

pytestmark = pytest.mark.django_db
IMPORTS = "/admin/newsletter/importbatch/"


@pytest.fixture
def importer(staff):
    return staff("import_subscriber", "view_subscriber")


def page_of(batch):
    return f"{IMPORTS}{batch.pk}/change/"


def send(client, content, name="list.csv"):
    return client.post(f"{IMPORTS}add/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_a_file_is_sent_looked_at_imported_and_undone(client, importer):
    make_subscriber(email="here@example.org")
    page = send(
        client, b"email,state,frequency\nada@example.org,active,weekly\nhere@example.org,bounced,daily\n,x,\n"
    )
    batch = ImportBatch.objects.get()
    assert batch.created_by == importer
    for said in ("This program", "ada@example.org", "list.csv", "I declare"):
        assert said in page.text

    data = {"do": "look", "layout": "own", "frequency": "daily", "zone": "UTC", "is_declared": "on"}
    page = client.post(page_of(batch), data, follow=True)
    assert "Being read" in page.text
    assert "data-progress" in page.text
    worked(batch)
    page = client.get(page_of(batch))
    assert "2 rows would change something here" in page.text
    assert "Import 2 rows" in page.text
    assert states() == {"here@example.org": "active"}

    page = client.post(page_of(batch), {"do": "begin"}, follow=True)
    assert "Being imported" in page.text
    worked(batch)
    page = client.get(page_of(batch))
    assert "2 rows changed something here, 1 did not." in page.text
    assert "is not an address mail can be sent to" in page.text
    assert states() == {"here@example.org": "bounced", "ada@example.org": "active"}
    assert Subscriber.objects.get(key="ada@example.org").consent_events.get().by == importer.username

    client.post(page_of(batch), {"do": "undo"})
    worked(batch)
    page = client.get(page_of(batch))
    assert "Undone: 1 subscriber taken away" in page.text
    assert "The 1 that the import lowered stay so" in page.text
    assert states() == {"here@example.org": "bounced"}
    said = LogEntry.objects.order_by("id").values_list("change_message", flat=True)
    assert [one.partition(".")[0] for one in said] == ["Began to import", "Began to undo it"]


@pytest.mark.usefixtures("importer")
def test_without_the_declaration_people_wait(client):
    send(client, b"email,name,note\nada@example.org,Ada,\n")
    batch = ImportBatch.objects.get()
    client.post(page_of(batch), {"do": "look", "layout": "ghost", "frequency": "weekly", "zone": "UTC"})
    worked(batch)
    assert "pending: not mailed until they confirm here" in client.get(page_of(batch)).text
    client.post(page_of(batch), {"do": "begin"})
    worked(batch)
    ada = Subscriber.objects.get()
    assert (ada.state, ada.frequency) == ("pending", "weekly")


@pytest.mark.usefixtures("importer")
def test_columns_nobody_knows_are_asked_for(client, run_jobs):
    page = send(client, "Wer;Wie;Mail an\nx;aktiv;ada@example.org\n".encode("cp1252"))
    batch = ImportBatch.objects.get()
    assert "<details open>" in page.text
    data = {"do": "look", "layout": "other", "frequency": "daily", "zone": "UTC"}
    assert "Say which column holds the address." in client.post(page_of(batch), data).text
    client.post(page_of(batch), data | {"column_address": "2", "column_joined": ""})
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.columns) == ("read", {"address": 2})


@pytest.mark.usefixtures("importer")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "no row that can be read"),
        (None, "is required"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_cure(client, content, said):
    data = {} if content is None else {"file": SimpleUploadedFile("x.csv", content)}
    assert said in client.post(f"{IMPORTS}add/", data).text
    assert not ImportBatch.objects.exists()


@pytest.mark.usefixtures("importer")
def test_too_large_a_file_is_refused(client, settings):
    settings.SUBSCRIBER_FILE_MAX_BYTES = 1024 * 1024
    assert "larger than 1 MB" in send(client, b"a@example.org\n" * 80_000).text


@pytest.mark.usefixtures("importer")
def test_a_deed_whose_time_is_over_is_answered_with_a_sentence(client):
    batch = imported(f"{HEAD}ada@example.org,active,daily\n")
    for do in ("look", "begin", "reconsider", "drop"):
        page = client.post(page_of(batch), {"do": do}, follow=True)
        assert "The import is imported; nothing was done." in page.text
    assert states() == {"ada@example.org": "active"}


@pytest.mark.usefixtures("importer")
def test_a_file_is_forgotten_or_read_in_another_way(client):
    batch = looked_at(f"{HEAD}ada@example.org,active,daily\n")
    assert "I declare" in client.post(page_of(batch), {"do": "reconsider"}, follow=True).text
    page = client.post(page_of(batch), {"do": "drop"}, follow=True)
    assert "Nothing of it was imported." in page.text
    assert not ImportBatch.objects.exists()


@pytest.mark.usefixtures("importer")
def test_hostile_cells_are_shown_as_text(client):
    batch = looked_at(
        'email,state,frequency\n"<script>alert(1)</script>",active,daily\n"a@example.org",<b>,daily\n'
    )
    page = client.get(page_of(batch)).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.usefixtures("importer")
@pytest.mark.parametrize("step", ["received", "read", "running", "done", "undone", "refused"])
def test_no_page_of_an_import_takes_more_than_24_queries(client, django_assert_max_num_queries, step):
    for _ in range(3):
        batch = received(HEAD + "".join(f"reader{n}@example.org,active,daily\n" for n in range(30)))
    if step != "received":
        batch = looked_at(batch if step != "refused" else HEAD)
    if step not in ("received", "read", "refused"):
        course.begin(batch, by="ada")
    if step in ("done", "undone"):
        while course.work(batch.pk):
            pass
    if step == "undone":
        course.undo(batch, by="ada")
        while course.work(batch.pk):
            pass
    for path in (page_of(batch), IMPORTS, f"{IMPORTS}add/"):
        with django_assert_max_num_queries(24):
            assert client.get(path).status_code == 200


@pytest.mark.usefixtures("importer")
def test_a_suppressed_list_is_told_apart(client):
    page = send(client, f"address_hash,key_name,reason,created_at\n{'a' * 64},abc,erased,\n".encode())
    assert "none is taken away" in page.text
    assert "I declare" not in page.text


def test_importing_takes_a_permission_of_its_own(client, staff):
    batch = of_layout("ghost")
    staff("view_subscriber", "change_subscriber", "export_subscriber")
    assert "Import…" not in client.get("/admin/newsletter/subscriber/").text
    for path in (IMPORTS, f"{IMPORTS}add/", page_of(batch), f"{IMPORTS}{batch.pk}/report/"):
        assert client.get(path).status_code == 403
        assert client.post(path).status_code in (403, 405)
    staff("view_subscriber", "import_subscriber")
    assert "Import…" in client.get("/admin/newsletter/subscriber/").text
    assert client.get(f"{IMPORTS}x/change/").status_code == 404
    assert client.post(f"{IMPORTS}{batch.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_imports_are_the_administrators_affair(client, group, code):
    client.force_login(make_user(group=group))
    assert client.get(IMPORTS).status_code == code
