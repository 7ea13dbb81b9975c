"""PostgreSQL: tables, migrations, one repository per aggregate, and the embedded server."""
