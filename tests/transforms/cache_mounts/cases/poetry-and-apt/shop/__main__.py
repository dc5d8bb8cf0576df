__import__("psycopg2")
