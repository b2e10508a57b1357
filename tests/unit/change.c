/* SPDX-License-Identifier: MIT */
#include "common/datapipeline/change.h"
#include "tests/unit/unit.h"

static struct dp_system systems[3];

static struct dp_definition
definition(const char *json)
{
	struct dp_definition d;
	struct json_error error;
	CHECK(!dp_read(&d, slice_of(json), &error));
	return d;
}

static void
test_artifacts(void)
{
	struct slice artifact = systems[0].artifact, folder = systems[2].artifact;
	CHECK(dp_has_artifact(SLICE("s3://b/al2/x.tar.gz"), artifact));
	CHECK(dp_has_artifact(SLICE("cp 's3://b/al2/x.tar.gz' -"), artifact));
	CHECK(dp_has_artifact(SLICE("s3://b/al2/x.tar.gz.old s3://b/al2/x.tar.gz"), artifact));
	CHECK(!dp_has_artifact(SLICE("s3://b/al2/x.tar.gz.sha256"), artifact));
	CHECK(!dp_has_artifact(SLICE("xs3://b/al2/x.tar.gz"), artifact));
	CHECK(!dp_has_artifact(SLICE("s3://b/al2/x.tar.g"), artifact));
	CHECK(dp_has_artifact(SLICE("s3://b/f/y.tar.gz"), folder));
	CHECK(!dp_has_artifact(SLICE("s3://b/f"), folder));
	CHECK(!dp_has_artifact(SLICE("x"), (struct slice){0}));
}

static void
test_changes(void)
{
	struct dp_definition d = definition(
	    "{\"values\":{\"myImage\":\"ami-1\",\"myOther\":\"ami-11\"},"
	    "\"parameters\":[{\"id\":\"myImage\",\"type\":\"String\",\"default\":\"ami-1\","
	    "\"description\":\"ami-1\",\"allowedValues\":[\"ami-1\",\"ami-9\"]}],"
	    "\"objects\":[{\"id\":\"E\",\"imageId\":\"#{myImage}\",\"myNote\":\"was ami-1\"},"
	    "{\"id\":\"R\",\"command\":\"a s3://b/al2/x.tar.gz && b s3://b/al2/x.tar.gz\"}]}");
	struct dp_changes changes = {0};
	dp_change_find(&changes, &d, &systems[0], &systems[1]);
	/* In the order of the text: the value, the default, the allowed value, the command. */
	CHECK(changes.n == 4 && !changes.failed);
	for (size_t i = 1; i < changes.n; i++)
		CHECK(changes.items[i - 1].at < changes.items[i].at);
	CHECK(slice_is(changes.items[0].field, "myImage") && !changes.items[0].object.n);
	CHECK(slice_is(changes.items[1].field, "default"));
	CHECK(slice_is(changes.items[2].field, "allowedValues"));
	CHECK(slice_is(buf_slice(&changes.items[3].after),
	    "a s3://b/al2023/x.tar.gz && b s3://b/al2023/x.tar.gz"));
	dp_changes_free(&changes);
	bool used[3];
	CHECK(dp_systems_of(&d, systems, 3, used) == 1 && used[0] && !used[1] && !used[2]);
	dp_change_find(&changes, &d, &systems[1], &systems[0]);
	CHECK(!changes.n);
	dp_free(&d);
}

static void
equal(const char *x, const char *y, bool wanted)
{
	struct dp_definition a = definition(x), b = definition(y);
	if (dp_is_equal(&a, &b) != wanted)
		fprintf(stderr, "%s\n%s\n", x, y);
	CHECK(dp_is_equal(&a, &b) == wanted && dp_is_equal(&b, &a) == wanted);
	dp_free(&a);
	dp_free(&b);
}

static void
test_equal(void)
{
	const char *one =
	    "{\"objects\":[{\"id\":\"A\",\"x\":\"1\",\"l\":[\"a\",\"b\"]},{\"id\":\"B\"}]}";
	equal(one, one, true);
	equal(one, "{\"objects\":[{\"id\":\"B\"},{\"id\":\"A\",\"l\":[\"a\",\"b\"],\"x\":\"1\"}]}",
	    true);
	equal(one,
	    "{\"objects\":[{\"id\":\"B\",\"name\":\"B\"},{\"id\":\"A\",\"l\":[\"a\",\"b\"],\"x\":"
	    "\"1\"}]}",
	    true);
	equal(one, "{\"objects\":[{\"id\":\"A\",\"x\":\"1\",\"l\":[\"b\",\"a\"]},{\"id\":\"B\"}]}",
	    false);
	equal(one, "{\"objects\":[{\"id\":\"A\",\"x\":\"2\",\"l\":[\"a\",\"b\"]},{\"id\":\"B\"}]}",
	    false);
	equal(one,
	    "{\"objects\":[{\"id\":\"A\",\"x\":{\"ref\":\"1\"},\"l\":[\"a\",\"b\"]},{\"id\":\"B\"}]"
	    "}",
	    false);
	equal(one, "{\"objects\":[{\"id\":\"A\",\"x\":\"1\",\"l\":[\"a\",\"b\"]}]}", false);
	equal(one, "{\"objects\":[{\"id\":\"A\",\"x\":\"1\",\"l\":[\"a\",\"b\"]},{\"id\":\"C\"}]}",
	    false);
	equal(one,
	    "{\"objects\":[{\"id\":\"A\",\"x\":\"1\",\"l\":[\"a\",\"b\"]},{\"id\":\"B\",\"type\":"
	    "\"T\"}]}",
	    false);
	equal("{\"objects\":[],\"values\":{\"myA\":\"1\"}}",
	    "{\"objects\":[],\"values\":{\"myA\":\"2\"}}", false);
	equal("{\"objects\":[],\"values\":{\"myA\":\"1\"}}", "{\"objects\":[]}", false);
	equal("{\"objects\":[],\"parameters\":[{\"id\":\"myA\"}]}", "{\"objects\":[]}", false);
	/* Both forms. */
	equal(one,
	    "{\"pipelineObjects\":[{\"id\":\"A\",\"name\":\"A\",\"fields\":[{\"key\":\"l\","
	    "\"stringValue\":"
	    "\"a\"},{\"key\":\"x\",\"stringValue\":\"1\"},{\"key\":\"l\",\"stringValue\":\"b\"}]},"
	    "{\"id\":\"B\",\"name\":\"B\",\"fields\":[]}]}",
	    true);
}

int
main(void)
{
	systems[0] = (struct dp_system){SLICE("al2"), SLICE("ami-1"), SLICE("s3://b/al2/x.tar.gz")};
	systems[1] =
	    (struct dp_system){SLICE("al2023"), SLICE("ami-2"), SLICE("s3://b/al2023/x.tar.gz")};
	systems[2] = (struct dp_system){SLICE("folder"), SLICE("ami-3"), SLICE("s3://b/f/")};
	test_artifacts();
	test_changes();
	test_equal();
	return unit_done("change");
}
