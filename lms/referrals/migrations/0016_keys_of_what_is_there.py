"""What the cases that are there are found by. Of a case that is put away nothing is written: its words are elsewhere."""

from itertools import chain, islice

from django.db import migrations

from lms.referrals.rules import search

AT_ONCE = 500


def write(apps, schema_editor):
    SearchKey = apps.get_model("referrals", "SearchKey")
    cases = apps.get_model("referrals", "Referral").objects.only(
        "court_id", "first_name", "last_name", "case_number", "reference"
    )
    rows = cases.order_by("pk").iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        keys = chain.from_iterable(_keys(case) for case in some)
        SearchKey.objects.bulk_create([SearchKey(**values) for values in keys], batch_size=AT_ONCE)


def _keys(case):
    names = {"first_name": case.first_name, "last_name": case.last_name}
    found = search.keys(**names, numbers_of=(case.case_number, case.reference))
    pairs = [("o", search.order_key(**names))] if found else []
    for use, key in [*pairs, *(("f", key) for key in sorted(found))]:
        yield {"referral_id": case.pk, "court_id": case.court_id, "use": use, "key": key.encode()}


class Migration(migrations.Migration):
    dependencies = [("referrals", "0015_find_cases_by_word")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
