"""How those who write together call an author: by a name of her choosing, never by her handle."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("people", "0007_sessions_keep_a_network"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="byline",
            field=models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="name here"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "author"), ("byline", ""), _connector="OR"),
                name="an_author_account_alone_bears_a_byline",
            ),
        ),
    ]
