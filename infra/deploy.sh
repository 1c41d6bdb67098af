#!/usr/bin/env bash
# Deploys Switchboard into an AWS account, removes it, invites people: `make deploy`, `make destroy`, `make invite`.
# docs/deploy.md says what to set. No secret passes through here.
set -euo pipefail
cd "$(dirname "$0")/.."

STACK=${STACK:-switchboard}
REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
ARCH=${ARCH:-arm64}
PARAMETERS=${PARAMETERS:-}
export AWS_LC_SYS_NO_JITTER_ENTROPY=1 # a faster start of small functions

stop() {
  echo "$1" >&2
  exit 1
}

needs() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || stop "$tool is missing: docs/deploy.md says how to install it, then run this again."
  done
}

checked() {
  needs aws
  [ -n "$REGION" ] || stop "No region is set: export AWS_REGION, e.g. AWS_REGION=eu-west-1, and run this again."
  # It begins names of buckets, which have 63 characters, and the address of the sign-in page.
  [[ "$STACK" =~ ^[a-z][a-z0-9-]{0,27}$ ]] || stop "STACK=$STACK cannot be used: take up to 28 small letters, digits and -, a letter first."
  [[ ! "$STACK" =~ aws|amazon|cognito ]] || stop "STACK=$STACK cannot be used: the sign-in page's address may not have aws, amazon or cognito in it."
  export AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION
  ACCOUNT=$(aws sts get-caller-identity --query Account --output text) ||
    stop "AWS does not know you: sign in (aws sso login, or aws configure), then run this again."
}

parameter() { # the value of one of PARAMETERS, or what is given
  local pair
  for pair in $PARAMETERS; do
    if [ "${pair%%=*}" = "$1" ]; then
      echo "${pair#*=}"
      return
    fi
  done
  echo "$2"
}

output() {
  aws cloudformation describe-stacks --stack-name "$STACK" \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text | sed 's/^None$//'
}

has_room() { # for the reservation, before CloudFormation finds out after ten minutes
  local limit of_account wanted
  [ "$(parameter ReserveConcurrency true)" = true ] || return 0
  limit=$(parameter ConcurrencyLimit 5)
  wanted=$((limit + limit / 4 + 3 + 100))
  of_account=$(aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions --output text)
  [ "$of_account" -ge "$wanted" ] && return 0
  stop "This account may run $of_account functions at one time in $REGION; $limit calls need $wanted. Ask AWS for more (Service Quotas, Lambda, Concurrent executions), or deploy without a reservation: make deploy PARAMETERS='ConcurrencyLimit=2 ReserveConcurrency=false SenderConcurrency=2' (docs/deploy.md, small accounts)."
}

deploy() {
  needs sam cargo cargo-lambda npm python3
  checked
  case $ARCH in
  arm64) architecture=arm64 ;;
  x86_64 | x86-64) architecture=x86_64 ;;
  *) stop "ARCH=$ARCH is not known: take arm64 or x86_64." ;;
  esac
  has_room
  echo "Switchboard goes into account $ACCOUNT, region $REGION, as $STACK, for $architecture."
  # shellcheck disable=SC2086 # the parameters are words
  sam build --beta-features --parameter-overrides Architecture=$architecture $PARAMETERS
  local confirm=--confirm-changeset
  [ -z "${CI:-}${YES:-}" ] || confirm=--no-confirm-changeset
  local role=()
  [ -z "${FORMATION_ROLE:-}" ] || role=(--role-arn "$FORMATION_ROLE")
  # shellcheck disable=SC2086
  sam deploy "${role[@]}" --stack-name "$STACK" --region "$REGION" --resolve-s3 --s3-prefix "$STACK" \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset $confirm \
    --parameter-overrides Architecture=$architecture $PARAMETERS --tags "application=switchboard"
  site
  addresses
}

site() { # its files, told where the API and the sign-in are
  local bucket api issuer client host
  make site
  bucket=$(output SiteBucketName)
  api=$(output ApiUrl)
  issuer=$(output SignInIssuer)
  client=$(output SignInClientId)
  host=$(output SignInHost)
  files=$(mktemp -d)
  trap 'rm -rf "$files"' EXIT
  cp -r site/dist/. "$files"
  # CloudFront compresses by itself, and maps of the sources are for developers.
  find "$files" \( -name '*.br' -o -name '*.gz' -o -name '*.map' \) -delete
  python3 infra/site_config.py "$files" --api "$api" --live "$(output LiveUrl)" --issuer "$issuer" --client "$client" --sign-in-host "$host" \
    --data-host "$(output DataBucketName).s3.$REGION.amazonaws.com"
  if [ -z "$bucket" ]; then
    mkdir -p target/site
    cp -r "$files/." target/site
    echo "The site is hosted elsewhere: put what is in target/site there."
    return
  fi
  # What pages name first, the pages last: whoever looks meanwhile finds everything. Old assets stay for open pages.
  aws s3 sync "$files/assets" "s3://$bucket/assets" --only-show-errors --cache-control "public, max-age=31536000, immutable"
  aws s3 sync "$files" "s3://$bucket" --only-show-errors --exclude 'assets/*' --exclude index.html --exclude config.json --cache-control no-cache
  aws s3 cp "$files/config.json" "s3://$bucket/config.json" --only-show-errors --cache-control no-cache --content-type application/json
  aws s3 cp "$files/index.html" "s3://$bucket/index.html" --only-show-errors --cache-control no-cache --content-type 'text/html; charset=utf-8'
  aws cloudfront create-invalidation --distribution-id "$(output SiteDistributionId)" --paths '/*' --query Invalidation.Id --output text >/dev/null
}

addresses() {
  cat <<END

Site                  $(output SiteUrl)
API                   $(output ApiUrl)
Dashboard             https://$REGION.console.aws.amazon.com/cloudwatch/home?region=$REGION#dashboards/dashboard/$STACK

Sign in, then under Settings -> Platforms put in each provider's API key. Then, at each provider, paste:

ElevenLabs            Settings -> Webhooks -> post-call: $(output ElevenlabsWebhookUrl)
                      events: transcript, call_initiation_failure; retries on; no audio
Ultravox              Webhooks: $(output UltravoxWebhookUrl)
                      events: call.started, call.joined, call.ended, call.billed
OpenAI                Project -> Webhooks: $(output OpenaiWebhookUrl)
                      event: realtime.call.incoming
Twilio                of each number that the receptionist answers, voice, POST: $(output TwilioVoiceUrl)
Do-not-call tool      of each agent that may use it: $(output DoNotCallToolUrl)

and put the secrets that they show you back in under Settings -> Platforms.
END
  local alarms
  alarms=$(parameter AlarmEmail '')
  [ -z "$alarms" ] || echo "Alarms go to $alarms once the mail from AWS Notifications is confirmed."
  [ -n "$(output UserPoolId)" ] && [ -z "$(parameter FirstAdminEmail '')" ] &&
    echo "The first person: make invite EMAIL=you@example.com ROLE=admin"
  return 0
}

invite() {
  checked
  local pool role=${ROLE:-viewer}
  [[ "${EMAIL:-}" == *@*.* ]] || stop "Whom? make invite EMAIL=somebody@example.com ROLE=viewer, operator or admin."
  case $role in viewer | operator | admin) ;; *) stop "ROLE=$role is not known: take viewer, operator or admin." ;; esac
  pool=$(output UserPoolId)
  [ -n "$pool" ] || stop "$STACK signs people in elsewhere: add them there, in the group $role."
  aws cognito-idp admin-create-user --user-pool-id "$pool" --username "$EMAIL" --desired-delivery-mediums EMAIL \
    --user-attributes "Name=email,Value=$EMAIL" Name=email_verified,Value=true >/dev/null
  aws cognito-idp admin-add-user-to-group --user-pool-id "$pool" --username "$EMAIL" --group-name "$role"
  echo "$EMAIL gets a mail with a temporary password and is $role."
}

destroy() {
  checked
  local bucket kept
  echo "This removes $STACK from account $ACCOUNT, region $REGION: calls stop, the site and the API are gone."
  echo "Tables, files, keys and people stay (and are paid for) until you delete them."
  if [ -z "${YES:-}" ]; then
    read -r -p "Type $STACK to go on: " answer
    [ "$answer" = "$STACK" ] || stop "Nothing was changed."
  fi
  kept=$(aws cloudformation list-stack-resources --stack-name "$STACK" \
    --query "StackResourceSummaries[?ResourceType=='AWS::DynamoDB::Table'||ResourceType=='AWS::S3::Bucket'||ResourceType=='AWS::SecretsManager::Secret'||LogicalResourceId=='SignIn'].[LogicalResourceId,PhysicalResourceId]" --output text)
  bucket=$(output SiteBucketName)
  aws cloudformation delete-stack --stack-name "$STACK"
  aws cloudformation wait stack-delete-complete --stack-name "$STACK" ||
    stop "It was not removed whole: see the stack's events, mend what they name, and run this again."
  if [ -n "$bucket" ]; then # only files that a build makes again
    python3 infra/empty_bucket.py "$bucket"
    aws s3api delete-bucket --bucket "$bucket"
  fi
  echo "Removed. What stays:"
  echo "$kept"
  echo "and the secrets of event targets, named $STACK/event-targets/. docs/deploy.md says how to delete or take over each."
}

case ${1:-} in
deploy) deploy ;;
site) checked && site ;;
addresses) checked && addresses ;;
invite) invite ;;
destroy) destroy ;;
*) stop "usage: infra/deploy.sh deploy | site | addresses | invite | destroy" ;;
esac
