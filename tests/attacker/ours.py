"""Our column of the table: the fourteen, tried on a database of their own. Run by tests/attacker/table.py."""

import json
import os
import sys
import tempfile


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="amends-attacked-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": folder,
            "CRASH_DATABASE_URL": f"sqlite:///{folder}/amends.sqlite3",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import transaction
        from django.test.utils import setup_test_environment

        setup_test_environment()
        call_command("migrate", verbosity=0)
        from tests.attacker.amends import Amends
        from tests.attacker.defects import DEFECTS
        from tests.builders import a_facilitator, a_program, a_published_course

        program = a_program()
        a_facilitator(program)
        a_published_course(program, modules=3)
        found = {}
        for defect in DEFECTS:
            with transaction.atomic():
                found[defect.name] = defect.is_free(Amends(program))
                transaction.set_rollback(True)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
