"""Reading a journal of hundreds of thousands of rows, and what one person did, or one verb, or a few days, in it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_head_moved_by_owner")]

    operations = [
        migrations.AddIndex("entry", models.Index(fields=["node", "user", "-id"], name="journal_node_user")),
        migrations.AddIndex("entry", models.Index(fields=["node", "verb", "-id"], name="journal_node_verb")),
        migrations.AddIndex("entry", models.Index(fields=["node", "at"], name="journal_node_at")),
    ]
