"""What linters do not look at: schedules, queues beside their functions, reservations, tokens, alarms, what is kept."""

import json
import re
import subprocess
import unittest

from template import NESTED, ROOT, functions, parameters, read, translate

SOURCE = read()
TEMPLATE = translate()
RESOURCES = TEMPLATE["Resources"]
NESTED_TEMPLATES = {id: read(path) for id, path in NESTED.items()}
SITE, WATCHING = NESTED_TEMPLATES["Site"], NESTED_TEMPLATES["Watching"]


def of_type(kind: str, resources: dict = RESOURCES) -> dict[str, dict]:
    found = {id: r for id, r in resources.items() if r["Type"] == kind}
    assert found, f"there is no {kind}: this test looks at nothing"
    return found


def default(value):
    """A parameter's default in place of a reference to it."""
    if isinstance(value, dict) and value.get("Ref") in SOURCE["Parameters"]:
        return SOURCE["Parameters"][value["Ref"]]["Default"]
    return value


def target(value) -> str:
    """The logical id that a reference means."""
    if "Ref" in value:
        return value["Ref"]
    return value["Fn::GetAtt"][0]


class Functions(unittest.TestCase):
    def test_each_one_has_a_log_group_of_its_own_that_forgets(self):
        groups = of_type("AWS::Logs::LogGroup")
        for id, function in of_type("AWS::Lambda::Function").items():
            logs = function["Properties"]["LoggingConfig"]
            self.assertEqual(logs["LogFormat"], "JSON", id)
            group = groups[target(logs["LogGroup"])]["Properties"]
            self.assertEqual(group["RetentionInDays"], {"Ref": "LogRetentionDays"}, id)
            self.assertNotIn(id, str(group), f"{id}: its log group must be there before its first line")

    def test_each_one_says_how_long_it_may_take_and_is_traced(self):
        for id, function in of_type("AWS::Lambda::Function").items():
            properties = function["Properties"]
            self.assertIn("Timeout", properties, id)
            self.assertLessEqual(properties["Timeout"], 900, id)
            self.assertEqual(properties["TracingConfig"], {"Mode": "Active"}, id)
            self.assertEqual(properties["Runtime"], "provided.al2023", id)
            self.assertEqual(properties["Architectures"], [{"Ref": "Architecture"}], id)

    def test_one_behind_the_api_answers_before_the_gateway_gives_up(self):
        for id, function in SOURCE["Resources"].items():
            events = function.get("Properties", {}).get("Events", {}) if "Function" in function["Type"] else {}
            if any(e["Type"] == "HttpApi" for e in events.values()):
                self.assertLess(RESOURCES[id]["Properties"]["Timeout"], 30, id)

    def test_the_environment_fits_and_holds_no_secret(self):
        for id, function in of_type("AWS::Lambda::Function").items():
            variables = function["Properties"]["Environment"]["Variables"]
            # Places of references: ARNs and addresses, with the longest name of a stack, 120 characters at most; other
            # names and parameters 64.
            long = re.compile(r"_(ARN|URL)$")
            of = lambda name, value: len(value) if isinstance(value, str) else 120 if long.search(name) else 64  # noqa: E731
            size = sum(len(name) + of(name, value) for name, value in variables.items())
            self.assertLess(size, 4_096, id)
            for name in variables:
                if re.search(r"KEY|SECRET|PASSWORD|TOKEN", name):
                    self.assertRegex(name, r"_SECRET_ARN$|^EVENT_SECRETS_PREFIX$", f"{id}: secrets are in Secrets Manager")

    def test_only_who_has_to_do_with_providers_learns_where_their_keys_are(self):
        for id, binary in functions().items():
            variables = RESOURCES[id]["Properties"]["Environment"]["Variables"]
            may = binary not in ("upload-parser", "event-sender", "call-exporter", "live-updates", "receptionist")
            self.assertEqual(may, "ELEVENLABS_SECRET_ARN" in variables, id)

    def test_what_is_begun_asynchronously_and_fails_is_kept_or_done_again(self):
        configs = {target(c["Properties"]["FunctionName"]): c["Properties"] for c in of_type("AWS::Lambda::EventInvokeConfig").values()}
        scheduled = {target(s["Properties"]["Target"]["Arn"]) for s in of_type("AWS::Scheduler::Schedule").values()}
        invoked = {"UploadParserFunction", "CallExporterFunction", "ConversationSyncFunction", "ReceptionistFunction", *scheduled}
        for id in invoked:
            config = configs[id]
            self.assertLessEqual(config["MaximumEventAgeInSeconds"], 3_600, id)
            kept = "OnFailure" in config.get("DestinationConfig", {})
            self.assertTrue(kept or (id in scheduled and config["MaximumRetryAttempts"] == 0), id)


class Schedules(unittest.TestCase):
    def test_every_expression_is_one_that_the_scheduler_takes(self):
        for id, schedule in of_type("AWS::Scheduler::Schedule").items():
            expression = schedule["Properties"]["ScheduleExpression"]
            found = re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", expression)
            self.assertIsNotNone(found, f"{id}: {expression}")
            count = int(found[1])
            self.assertGreaterEqual(count, 1, id)
            self.assertEqual(count > 1, bool(found[3]), f"{id}: `{expression}` is refused; one is singular, more are plural")

    def test_a_time_that_was_missed_is_not_made_up_for(self):
        # Twenty-four hours of retries, the default, would come in a heap after an outage.
        for id, schedule in of_type("AWS::Scheduler::Schedule").items():
            retry = schedule["Properties"]["Target"]["RetryPolicy"]
            self.assertEqual(retry["MaximumRetryAttempts"], 0, id)
            self.assertLessEqual(retry["MaximumEventAgeInSeconds"], 600, id)

    def test_what_a_schedule_says_is_json(self):
        for id, schedule in of_type("AWS::Scheduler::Schedule").items():
            json.loads(schedule["Properties"]["Target"].get("Input", "{}"))


class Queues(unittest.TestCase):
    def test_a_message_stays_hidden_for_six_times_its_functions_time_out(self):
        for id, mapping in of_type("AWS::Lambda::EventSourceMapping").items():
            if mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"][1] == "StreamArn":
                continue
            queue = RESOURCES[target(mapping["Properties"]["EventSourceArn"])]["Properties"]
            function = RESOURCES[target(mapping["Properties"]["FunctionName"])]["Properties"]
            self.assertGreaterEqual(queue["VisibilityTimeout"], 6 * function["Timeout"], id)
            self.assertLessEqual(queue["VisibilityTimeout"], 43_200, id)

    def test_dead_letters_are_kept_at_least_as_long_as_what_they_come_from(self):
        queues = of_type("AWS::SQS::Queue")
        redriven = {id: q["Properties"]["RedrivePolicy"] for id, q in queues.items() if "RedrivePolicy" in q["Properties"]}
        self.assertIn("DialQueue", redriven)
        for id, redrive in redriven.items():
            self.assertGreaterEqual(redrive["maxReceiveCount"], 5, id)
            dead = queues[target(redrive["deadLetterTargetArn"])]["Properties"]
            self.assertGreaterEqual(dead["MessageRetentionPeriod"], queues[id]["Properties"]["MessageRetentionPeriod"], id)

    def test_a_long_call_is_handed_over_within_its_receives(self):
        # Each hand-over costs one receive; a call may last four hours.
        receives = RESOURCES["DialQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        watched = RESOURCES["DialerFunction"]["Properties"]["Timeout"] - 45
        self.assertGreaterEqual(receives * watched, 4 * 3_600)

    def test_every_queue_is_encrypted_and_speaks_tls_only(self):
        policed = {q["Ref"] for p in of_type("AWS::SQS::QueuePolicy").values() for q in p["Properties"]["Queues"]}
        for id, queue in of_type("AWS::SQS::Queue").items():
            self.assertTrue(queue["Properties"].get("SqsManagedSseEnabled"), id)
            self.assertIn(id, policed)

    def test_no_event_of_sam_reads_a_queue(self):
        # It would add rights to every queue of the account.
        for id, resource in SOURCE["Resources"].items():
            for event in (resource["Properties"].get("Events") or {}).values() if "Function" in resource["Type"] else ():
                self.assertNotEqual(event["Type"], "SQS", id)


class Live(unittest.TestCase):
    STREAMS = {
        id: m["Properties"]
        for id, m in of_type("AWS::Lambda::EventSourceMapping").items()
        if m["Properties"]["EventSourceArn"]["Fn::GetAtt"][1] == "StreamArn"
    }

    def test_a_record_that_nobody_can_read_or_that_is_late_holds_up_no_other(self):
        self.assertEqual(3, len(self.STREAMS))
        for id, mapping in self.STREAMS.items():
            self.assertTrue(mapping["BisectBatchOnFunctionError"], id)
            self.assertLessEqual(mapping["MaximumRecordAgeInSeconds"], 60, id)
            self.assertLessEqual(mapping["MaximumRetryAttempts"], 3, id)
            self.assertEqual(mapping["MaximumBatchingWindowInSeconds"], 0, id)
            self.assertEqual(mapping["StartingPosition"], "LATEST", id)

    def test_only_records_that_mean_something_to_a_browser_invoke_the_function(self):
        for id, mapping in self.STREAMS.items():
            for one in mapping["FilterCriteria"]["Filters"]:
                keys = json.loads(one["Pattern"])["dynamodb"]["Keys"]
                self.assertTrue(keys["pk"]["S"], id)
        # What the function itself writes, its connections, must not invoke it.
        system = next(m for m in self.STREAMS.values() if m["EventSourceArn"]["Fn::GetAtt"][0] == "SystemTable")
        for kind in ("CONNECTION", "TOPIC", "TICKET", "LIVE"):
            self.assertNotIn(f'"{kind}', json.dumps(system["FilterCriteria"]))

    def test_a_socket_is_opened_with_a_ticket_and_its_messages_are_answered(self):
        api = RESOURCES["LiveApi"]["Properties"]
        self.assertEqual((api["ProtocolType"], api["RouteSelectionExpression"]), ("WEBSOCKET", "$request.body.action"))
        routes = {r["Properties"]["RouteKey"]: id for id, r in of_type("AWS::ApiGatewayV2::Route").items()}
        self.assertEqual(set(routes), {"$connect", "$disconnect", "$default"})
        # A deployment that is made before its routes has none.
        self.assertEqual(set(RESOURCES["LiveDeployment"]["DependsOn"]), {*routes.values(), "LiveAnswer"})
        self.assertEqual(RESOURCES["LiveAnswer"]["Properties"]["RouteId"], {"Ref": routes["$default"]})
        stage = RESOURCES["LiveStage"]["Properties"]["StageName"]
        for function in ("AdminApiFunction", "LiveUpdatesFunction"):
            variables = RESOURCES[function]["Properties"]["Environment"]["Variables"]
            address = variables.get("LIVE_URL") or variables["LIVE_ENDPOINT"]
            self.assertEqual(address, {"Fn::Sub": f"${{LiveApi.ApiEndpoint}}/{stage}"}, function)


class Concurrency(unittest.TestCase):
    def test_the_mapping_never_allows_more_than_is_reserved(self):
        dialer = RESOURCES["DialerFunction"]["Properties"]["ReservedConcurrentExecutions"]
        mapping = RESOURCES["DialerMapping"]["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        self.assertEqual(dialer, {"Fn::If": ["Reserve", {"Ref": "ConcurrencyLimit"}, {"Ref": "AWS::NoValue"}]})
        self.assertEqual(mapping, {"Ref": "ConcurrencyLimit"})
        self.assertGreaterEqual(SOURCE["Parameters"]["ConcurrencyLimit"]["MinValue"], 2, "what a mapping takes")

    def test_only_the_dialer_reserves_and_a_small_account_reserves_nothing(self):
        for id, function in of_type("AWS::Lambda::Function").items():
            if id != "DialerFunction":
                self.assertNotIn("ReservedConcurrentExecutions", function["Properties"], id)
        self.assertEqual(SOURCE["Conditions"]["Reserve"], {"Fn::Equals": [{"Ref": "ReserveConcurrency"}, "true"]})

    def test_in_an_account_of_ten_the_documented_settings_leave_room_for_the_api(self):
        said = (ROOT / "docs/deploy.md").read_text()
        found = re.search(r"ConcurrencyLimit=(\d+) ReserveConcurrency=false SenderConcurrency=(\d+)", said)
        self.assertIsNotNone(found, "docs/deploy.md names the settings for an account of ten")
        limit, sender = int(found[1]), int(found[2])
        dialers = limit + limit // 4 + 3  # what the scheduler sets: shared/store/src/functions.rs
        self.assertIn("limit.saturating_add(limit / 4 + 3)", (ROOT / "shared/store/src/functions.rs").read_text())
        self.assertLessEqual(dialers + sender + 1, 9, "dialers, senders and the scheduler leave the API at least one")


class Kept(unittest.TestCase):
    def test_tables_outlive_the_stack_and_can_be_brought_back(self):
        for id, table in of_type("AWS::DynamoDB::Table").items():
            self.assertEqual((table["DeletionPolicy"], table["UpdateReplacePolicy"]), ("Retain", "Retain"), id)
            properties = table["Properties"]
            self.assertTrue(properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], id)
            self.assertTrue(properties["SSESpecification"]["SSEEnabled"], id)
            self.assertEqual(properties["BillingMode"], "PAY_PER_REQUEST", id)

    def test_buckets_are_private_encrypted_versioned_and_speak_tls_only(self):
        for where in (RESOURCES, SITE["Resources"]):
            policies = [p["Properties"] for p in of_type("AWS::S3::BucketPolicy", where).values()]
            for id, bucket in of_type("AWS::S3::Bucket", where).items():
                properties = bucket["Properties"]
                self.assertEqual((bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]), ("Retain", "Retain"), id)
                block = properties["PublicAccessBlockConfiguration"]
                self.assertEqual([True] * 4, list(block.values()), id)
                self.assertIn("BucketEncryption", properties, id)
                self.assertEqual(properties["VersioningConfiguration"], {"Status": "Enabled"}, id)
                rules = json.dumps(properties["LifecycleConfiguration"])
                self.assertIn("NoncurrentDays", rules, f"{id}: versions that are never thrown away cost for ever")
                self.assertIn("DaysAfterInitiation", rules, id)
                policy = next(p for p in policies if p["Bucket"] == {"Ref": id})["PolicyDocument"]["Statement"]
                deny = next(s for s in policy if s["Effect"] == "Deny")
                self.assertEqual(deny["Condition"], {"Bool": {"aws:SecureTransport": "false"}}, id)

    def test_keys_and_people_outlive_the_stack(self):
        for id, secret in of_type("AWS::SecretsManager::Secret").items():
            self.assertEqual(secret["DeletionPolicy"], "Retain", id)
            held = json.loads(secret["Properties"]["SecretString"])
            self.assertEqual({""}, set(held.values()), f"{id}: a template holds no secret")
        for pool in of_type("AWS::Cognito::UserPool", NESTED_TEMPLATES["SignIn"]["Resources"]).values():
            self.assertEqual((pool["DeletionPolicy"], pool["Properties"]["DeletionProtection"]), ("Retain", "ACTIVE"))
        self.assertEqual(RESOURCES["SignIn"]["DeletionPolicy"], "Retain")

    def test_no_output_tells_a_secret(self):
        for where in (TEMPLATE, *NESTED_TEMPLATES.values()):
            for name, output in where.get("Outputs", {}).items():
                self.assertNotRegex(json.dumps(output), r"resolve:secretsmanager|ClientSecret", name)


class Tokens(unittest.TestCase):
    PATHS = RESOURCES["HttpApi"]["Properties"]["Body"]["paths"]

    def test_every_route_needs_a_token_but_those_that_are_named_here(self):
        open_routes = {
            f"{method.removeprefix('x-amazon-apigateway-any-method') or 'ANY'} {path}"
            for path, methods in self.PATHS.items()
            for method, spec in methods.items()
            if method != "options" and not any("Oidc" in s for s in spec.get("security", []))
        }
        expected = {"get /health", "get /api/openapi.json", "post /webhooks/{proxy+}", "post /tools/{proxy+}"}
        self.assertEqual(expected, open_routes)

    def test_a_token_must_be_of_our_issuer_for_us_with_our_scope(self):
        schemes = RESOURCES["HttpApi"]["Properties"]["Body"]["components"]["securitySchemes"]["Oidc"]
        jwt = schemes["x-amazon-apigateway-authorizer"]["jwtConfiguration"]
        self.assertEqual(jwt["issuer"]["Fn::If"][0], "OwnSignIn")
        self.assertEqual(len(jwt["audience"]), 1)
        route = self.PATHS["/api/{proxy+}"]["x-amazon-apigateway-any-method"]
        self.assertEqual(route["security"], [{"Oidc": ["openid"]}])

    def test_groups_of_the_user_pool_are_the_roles_that_the_api_knows(self):
        groups = of_type("AWS::Cognito::UserPoolGroup", NESTED_TEMPLATES["SignIn"]["Resources"])
        names = {g["Properties"]["GroupName"] for g in groups.values()}
        roles = (ROOT / "shared/domain/src/people.rs") if (ROOT / "shared/domain/src/people.rs").exists() else ROOT / "shared/domain/src/person.rs"
        for name in names:
            self.assertIn(f'"{name}"', roles.read_text())
        self.assertEqual(names, {"viewer", "operator", "admin"})

    def test_nobody_lets_themselves_in(self):
        pool = next(iter(of_type("AWS::Cognito::UserPool", NESTED_TEMPLATES["SignIn"]["Resources"]).values()))["Properties"]
        self.assertTrue(pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"])
        client = next(iter(of_type("AWS::Cognito::UserPoolClient", NESTED_TEMPLATES["SignIn"]["Resources"]).values()))["Properties"]
        self.assertEqual((client["AllowedOAuthFlows"], client["GenerateSecret"]), (["code"], False))
        self.assertEqual(client["ExplicitAuthFlows"], ["ALLOW_REFRESH_TOKEN_AUTH"])

    def test_requests_are_throttled_and_webhooks_generously(self):
        stage = next(s["Properties"] for s in of_type("AWS::ApiGatewayV2::Stage").values() if s["Properties"]["ApiId"] == {"Ref": "HttpApi"})
        usual = stage["DefaultRouteSettings"]
        webhooks = stage["RouteSettings"]["POST /webhooks/{proxy+}"]
        self.assertGreater(webhooks["ThrottlingRateLimit"], usual["ThrottlingRateLimit"])
        self.assertIn("AccessLogSettings", stage)
        self.assertNotRegex(stage["AccessLogSettings"]["Format"], r"\$context\.path|rawPath|\$context\.authorizer\.claims", "paths can have phone numbers")

    def test_browsers_of_other_origins_are_not_answered(self):
        cors = RESOURCES["HttpApi"]["Properties"]["Body"]["x-amazon-apigateway-cors"]
        # SAM puts the value of the parameter in the place of the reference to it.
        self.assertEqual(cors["allowOrigins"], [{"Fn::If": ["HostsSite", {"Fn::GetAtt": ["Site", "Outputs.Origin"]}, ""]}])
        origins = RESOURCES["DataBucket"]["Properties"]["CorsConfiguration"]["CorsRules"][0]["AllowedOrigins"]
        self.assertEqual(origins, [{"Fn::If": ["HostsSite", {"Fn::GetAtt": ["Site", "Outputs.Origin"]}, {"Ref": "SiteOrigin"}]}])


class Site(unittest.TestCase):
    def policy(self) -> dict[str, list[str]]:
        headers = SITE["Resources"]["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        text = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
        return {d.split()[0]: d.split()[1:] for d in text.split(";") if d.strip()}

    def test_the_policy_runs_only_our_scripts(self):
        policy = self.policy()
        self.assertEqual(policy["default-src"], ["'none'"])
        self.assertEqual(policy["script-src"], ["'self'"])
        for name in ("base-uri", "form-action", "frame-ancestors"):
            self.assertEqual(policy[name], ["'none'"])
        for directive, sources in policy.items():
            self.assertFalse({"*", "https:", "http:", "'unsafe-eval'"} & set(sources), directive)

    def test_the_policy_is_the_one_that_the_site_is_tested_with(self):
        local = (ROOT / "infra/local/src/pages.rs").read_text()
        text = re.search(r'CONTENT_SECURITY_POLICY: &str = "(.*?)";\n', local, re.S)[1].replace("\\\n", "")
        tested = {d.split()[0]: d.split()[1:] for d in text.split(";") if d.strip()}
        policy = self.policy()
        policy.pop("upgrade-insecure-requests")  # the local one is plain HTTP
        self.assertEqual(set(policy), set(tested))
        for directive, sources in policy.items():
            ours = {s for s in sources if s.startswith("'") or s in ("data:", "blob:")}
            theirs = {s for s in tested[directive] if s.startswith("'") or s in ("data:", "blob:")}
            self.assertEqual(ours, theirs, directive)

    def test_only_the_distribution_reads_the_bucket(self):
        statements = SITE["Resources"]["SiteBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        allowed = [s for s in statements if s["Effect"] == "Allow"]
        self.assertEqual(1, len(allowed))
        self.assertIn("AWS:SourceArn", allowed[0]["Condition"]["StringEquals"])
        origin = SITE["Resources"]["Distribution"]["Properties"]["DistributionConfig"]["Origins"][0]
        self.assertIn("OriginAccessControlId", origin)

    def test_pages_are_found_by_a_function_and_not_by_error_answers(self):
        config = SITE["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
        self.assertNotIn("CustomErrorResponses", config)
        self.assertEqual(config["DefaultCacheBehavior"]["ViewerProtocolPolicy"], "redirect-to-https")


    def test_addresses_without_an_extension_are_pages_and_files_are_files(self):
        code = SITE["Resources"]["PagesFunction"]["Properties"]["FunctionCode"]
        wanted = {
            "/": "/index.html", "/calls": "/index.html", "/calls/call_1": "/index.html", "/signed-in": "/index.html",
            "/assets/app-1.js": "/assets/app-1.js", "/config.json": "/config.json", "/v1.2/x": "/index.html",
        }
        ask = f"{code}; console.log(JSON.stringify({json.dumps(list(wanted))}.map((uri) => handler({{ request: {{ uri }} }}).uri)))"
        done = subprocess.run(["node", "-e", ask], capture_output=True, text=True, check=True)
        self.assertEqual(list(wanted.values()), json.loads(done.stdout))


class Nested(unittest.TestCase):
    def test_each_nested_template_is_given_all_that_it_needs_and_nothing_else(self):
        for id, template in NESTED_TEMPLATES.items():
            given = set(RESOURCES[id]["Properties"]["Parameters"])
            known = set(template["Parameters"])
            needed = {name for name, spec in template["Parameters"].items() if "Default" not in spec}
            self.assertLessEqual(given, known, id)
            self.assertLessEqual(needed, given, id)

    def test_every_output_that_is_read_is_there(self):
        for id, name in re.findall(r"'Fn::GetAtt': \['(\w+)', 'Outputs\.(\w+)'\]", str(TEMPLATE)):
            self.assertIn(name, NESTED_TEMPLATES[id]["Outputs"])

    def test_every_parameter_says_what_it_means(self):
        for name, spec in SOURCE["Parameters"].items():
            self.assertTrue(spec.get("Default") is not None, f"{name}: `sam deploy` into an empty account asks for nothing")
            if name != "LogLevel":
                self.assertGreater(len(spec["Description"]), 20, name)
            checked = {"AllowedValues", "AllowedPattern", "MinValue"} & set(spec)
            self.assertTrue(checked, f"{name} takes anything")
            pattern, value = spec.get("AllowedPattern"), str(spec["Default"])
            if pattern:
                self.assertRegex(value, f"^(?:{pattern})$", name)

    def test_every_parameter_is_in_the_page_about_deploying(self):
        said = (ROOT / "docs/deploy.md").read_text()
        for name in SOURCE["Parameters"]:
            self.assertIn(f"`{name}`", said)

    def test_names_that_are_put_together_are_names_that_s3_takes(self):
        deploy = (ROOT / "infra/deploy.sh").read_text()
        longest = int(re.search(r"\{0,(\d+)\}", re.search(r"STACK.*=~.*", deploy)[0])[1]) + 1
        self.assertLessEqual(longest + len("-data-") + 12 + 1 + len("ap-southeast-1"), 63)


class Alarms(unittest.TestCase):
    ALARMS = {**of_type("AWS::CloudWatch::Alarm", WATCHING["Resources"]), **of_type("AWS::CloudWatch::Alarm")}

    def metrics(self, alarm: dict) -> list[dict]:
        if "Metrics" not in alarm:
            return [alarm]
        return [m["MetricStat"]["Metric"] for m in alarm["Metrics"] if "MetricStat" in m]

    def test_each_one_tells_the_topic_and_says_where_to_read_on(self):
        runbook = (ROOT / "docs/runbook.md").read_text().lower()
        for id, alarm in self.ALARMS.items():
            properties = alarm["Properties"]
            for action in ("AlarmActions", "OKActions"):
                self.assertIn(properties[action], ([{"Ref": "AlarmTopicArn"}], [{"Ref": "AlarmTopic"}]), id)
            said = properties["AlarmDescription"]
            section = re.search(r"See '([^']+)'", said["Fn::Sub"] if isinstance(said, dict) else said)[1]
            self.assertIn(f"## {section.lower()}\n", runbook, f"{id}: docs/runbook.md has no section `{section}`")
            self.assertIn("TreatMissingData", properties, id)
            self.assertLessEqual(properties.get("DatapointsToAlarm", 1), properties["EvaluationPeriods"], id)

    def test_no_two_have_one_name(self):
        names = [re.sub(r"\$\{.*?\}", "x", a["Properties"]["AlarmName"]["Fn::Sub"]) for a in self.ALARMS.values()]
        self.assertEqual(len(names), len(set(names)), "the second would take the place of the first")

    def test_each_metric_of_ours_is_one_that_is_written(self):
        table = (ROOT / "docs/metrics.md").read_text()
        known = {
            m[1]: {d.strip() for d in m[2].split(",") if d.strip() != "none"}
            for m in re.finditer(r"^\| `(\w+)` \| \w+ \| ([^|]+) \|", table, re.M)
        }
        self.assertGreater(len(known), 10)
        for id, alarm in self.ALARMS.items():
            for metric in self.metrics(alarm["Properties"]):
                if metric["Namespace"] == "Switchboard":
                    dimensions = {d["Name"] for d in metric.get("Dimensions", [])}
                    self.assertEqual(known[metric["MetricName"]], dimensions, f"{id}: {metric['MetricName']}")

    def test_values_of_dimensions_are_values_that_are_written(self):
        words = " ".join(p.read_text() for p in (ROOT / "shared/domain/src").rglob("*.rs")) + (ROOT / "docs/metrics.md").read_text()
        for id, alarm in self.ALARMS.items():
            for metric in self.metrics(alarm["Properties"]):
                for dimension in metric.get("Dimensions", []):
                    if metric["Namespace"] == "Switchboard":
                        self.assertRegex(words, rf"[\"`]{dimension['Value']}[\"`]", f"{id}: {dimension}")

    def test_every_function_has_an_alarm_for_its_errors(self):
        watched = set()
        for alarm in self.ALARMS.values():
            for metric in self.metrics(alarm["Properties"]):
                if metric["MetricName"] == "Errors":
                    watched.add(metric["Dimensions"][0]["Value"]["Ref"].removesuffix("Function"))
        self.assertEqual(watched, {id.removesuffix("Function") for id in functions()})

    def test_what_the_design_wants_watched_is_watched(self):
        self.assertLessEqual(
            {"DeadLetters", "WebhooksFailed", "Throttles", "ElevenlabsDown", "UltravoxDown", "ElevenlabsQuotaLow",
             "UltravoxQuotaLow", "SlotsLeaked", "SyncStale", "SchedulerSilent"},
            set(self.ALARMS),
        )

    def test_no_alarm_asks_for_more_than_cloudwatch_takes(self):
        for id, alarm in self.ALARMS.items():
            properties = alarm["Properties"]
            metrics = properties.get("Metrics", [])
            self.assertLessEqual(len(metrics), 10, id)
            ids = [m["Id"] for m in metrics]
            self.assertEqual(len(ids), len(set(ids)), id)
            for name in ids:
                self.assertRegex(name, r"^[a-z][a-zA-Z0-9_]*$", id)
            if metrics:
                self.assertEqual(1, sum(m["ReturnData"] for m in metrics), id)
                expression = next(m["Expression"] for m in metrics if "Expression" in m)
                for name in ids[:-1]:
                    self.assertRegex(expression, rf"\b{name}\b", f"{id}: {name} is not looked at")
                periods = {m["MetricStat"]["Period"] for m in metrics if "MetricStat" in m}
                self.assertEqual(1, len(periods), id)
                self.assertLessEqual(periods.pop() * properties["EvaluationPeriods"], 86_400, id)

    def test_the_dashboard_is_json_with_metrics_that_are_written(self):
        text = WATCHING["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
        names = set(re.findall(r"\$\{(?!AWS)(\w+)\}", text))
        self.assertLessEqual(names, set(WATCHING["Parameters"]))
        board = json.loads(re.sub(r"\$\{[\w:]+\}", "x", text))
        table = (ROOT / "docs/metrics.md").read_text()
        for widget in board["widgets"]:
            self.assertLessEqual(widget["x"] + widget["width"], 24)
            for row in widget["properties"].get("metrics", []):
                if row[0] == "Switchboard":
                    self.assertIn(f"| `{row[1]}` |", table)


if __name__ == "__main__":
    unittest.main()
