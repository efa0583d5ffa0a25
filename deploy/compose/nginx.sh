#!/bin/sh
# The shipped file with its names filled in; files of the library come from the bucket instead of a folder.
set -e
mkdir -p "$LOG_DIR" /srv/media
rm -f /etc/nginx/conf.d/default.conf
names='$SITE_NAMES $LISTEN $WEB_SERVERS $STATIC_ROOT $MEDIA_ROOT $CACHE_DIR $LOG_DIR'
envsubst '$BUCKET' < /media-from-a-bucket.conf > /etc/nginx/media.inc
envsubst "$names" < /nginx.conf |
    awk '/^    location \/media\/ \{/ { print "    include /etc/nginx/media.inc;"; skipping = 1 }
         !skipping { print }
         skipping && /^    \}/ { skipping = 0 }' > /etc/nginx/conf.d/informed-comment.conf
exec nginx -g 'daemon off;'
