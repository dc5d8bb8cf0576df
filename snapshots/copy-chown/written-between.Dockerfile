FROM python:3.12-slim
ARG OWNER=site
WORKDIR /srv/site
RUN useradd --create-home ${OWNER}
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=${OWNER}:${OWNER} . .
RUN python manage.py collectstatic --noinput && python manage.py compilemessages

# An unprivileged user
RUN find . \( ! -user ${OWNER} -o ! -group ${OWNER} \) -exec chown -h ${OWNER}:${OWNER} {} +
USER ${OWNER}
CMD ["python", "manage.py", "runserver"]
