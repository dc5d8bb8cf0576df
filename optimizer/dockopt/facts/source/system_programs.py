"""Programs that load no Python code of the application, whatever their arguments say."""

from dockopt.facts.source.naming import names

BUILTINS = names(""": . [ [[ test true false echo printf read set unset export local declare readonly shift trap
    wait exit return break continue exec eval umask ulimit cd pushd popd pwd alias type command hash
    getopts let source case if then else fi for while until do done function select time ]] ] {
    }""")
"""Of the shell itself."""
SYSTEM_PROGRAMS = BUILTINS | names(
    """sleep cat cp mv rm ls ln mkdir rmdir touch chmod chown chgrp install mktemp stat du df find xargs
    tee
    head tail cut tr sort uniq wc grep egrep fgrep sed awk gawk rev paste join comm diff cmp
    basename dirname realpath readlink date hostname uname id whoami groups getent env printenv nproc
    ps kill pkill killall pgrep nohup timeout su sudo gosu su-exec login useradd usermod userdel
    groupadd groupmod groupdel adduser addgroup deluser passwd chpasswd visudo tar gzip gunzip unzip
    zip bzip2 xz zcat openssl ssh ssh-keygen ssh-keyscan sshd scp rsync git curl wget nc ncat netcat
    telnet ping dig host nslookup ip ifconfig iptables netstat ss lsof jq yq envsubst gettext md5sum
    sha256sum base64 xxd od strings nginx apache2 apache2ctl apachectl httpd a2enmod a2ensite caddy
    traefik haproxy varnishd squid memcached redis-server redis-cli psql pg_isready pg_dump pg_restore
    pg_ctl postgres initdb createdb createuser mysql mysqladmin mysqld mysqldump mongo mongod mongosh
    sqlite3 rabbitmqctl cron crond crontab anacron supervisorctl service systemctl rc-service
    rsyslogd syslogd logrotate dbus-daemon avahi-daemon Xvfb xvfb-run x11vnc fluxbox node npm npx yarn
    pnpm java javac ruby perl php go cargo make cmake gcc ffmpeg ffprobe convert tesseract soffice
    libreoffice wkhtmltopdf chromium google-chrome chromedriver geckodriver tini dumb-init
    catatonic s6-svscan runsvdir runsv sv fc-cache update-ca-certificates locale-gen dpkg apt apt-get
    apk pip pip3 ldconfig mount umount clear yes seq expr bc factor sh bash dash ash zsh sync
    wait-for-it wait-for-it.sh wait-for wait-for.sh dockerize consul vault aws gcloud gsutil az kubectl
    docker chamber doppler infisical op grpc_health_probe mc minio localedef setcap getcap tput stty
    logger flock shuf split nl fold pr expand tac uuidgen ollama nvidia-smi"""
)
