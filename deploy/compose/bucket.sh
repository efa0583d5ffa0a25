#!/bin/sh
set -e
until mc alias set here http://bucket:9000 "$MEDIA_S3_KEY" "$MEDIA_S3_SECRET" >/dev/null 2>&1; do sleep 1; done
mc mb --ignore-existing here/informed-comment
cat > /tmp/policy.json <<'POLICY'
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"],
 "Resource": ["arn:aws:s3:::informed-comment/*"]}]}
POLICY
mc anonymous set-json /tmp/policy.json here/informed-comment
