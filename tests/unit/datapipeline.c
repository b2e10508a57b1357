/* SPDX-License-Identifier: MIT */
#include "common/datapipeline/definition.h"
#include "common/datapipeline/joda.h"
#include "common/datapipeline/resolve.h"
#include "common/datapipeline/types.h"
#include "common/json/json_write.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static const char definition[] =
    "{\"objects\": [\n"
    " {\"id\": \"Default\", \"schedule\": {\"ref\": \"Daily\"}, \"role\": \"r\"},\n"
    " {\"id\": \"Daily\", \"type\": \"Schedule\", \"period\": \"1 days\"},\n"
    " {\"id\": \"Base\", \"myWord\": \"from \\\"base\\\"\"},\n"
    " {\"id\": \"Data\", \"type\": \"S3DataNode\", \"directoryPath\": \"s3://b/#{myWhere}/\"},\n"
    " {\"id\": \"Run\", \"type\": \"ShellCommandActivity\", \"parent\": {\"ref\": \"Base\"},\n"
    "  \"input\": {\"ref\": \"Data\"}, \"myList\": [\"a\", \"b\"], \"myDate\": "
    "\"2011-05-24T17:10:00\",\n"
    "  \"myLoop\": \"#{myLoop}\", \"command\": \"run #{myWord}\"},\n"
    " {\"id\": \"Alarm\", \"type\": \"SnsAlarm\"}],\n"
    " \"parameters\": [{\"id\": \"myWhere\", \"type\": \"String\", \"default\": \"here\"},\n"
    "  {\"id\": \"myNumber\", \"type\": \"Integer\", \"default\": \"7\"}, {\"id\": "
    "\"*mySecret\"}],\n"
    " \"values\": {\"myWhere\": \"there\"}}\n";

static struct dp_definition d;
static struct dp_faults faults;

/* What an expression of the object gives at 21:30 on 2026-11-25, UTC. */
static void
gives_in(const char *object, const char *text, const char *wanted)
{
	struct buf out = {0};
	struct dp_run run = {.d = &d, .object = dp_object(&d, slice_of(object)), .has_times = true};
	uint32_t fraction;
	iso_read_timestamp(SLICE("2026-11-25T21:30:00Z"), &run.start, &fraction);
	run.end = run.start + 86400;
	faults = (struct dp_faults){0};
	bool good = dp_run_expand(&run, &out, slice_of(text), &faults);
	if (!good || !slice_is(buf_slice(&out), wanted))
		fprintf(stderr, "%s: %.*s, not %s (%s)\n", text, (int)out.n, out.p ? out.p : "",
		    wanted, faults.n ? faults.items[0].text : "");
	CHECK(good && slice_is(buf_slice(&out), wanted));
	buf_free(&out);
}

static void
gives(const char *text, const char *wanted)
{
	gives_in("Run", text, wanted);
}

static void
refused(const char *text, const char *why)
{
	struct buf out = {0};
	struct dp_run run = {.d = &d, .object = dp_object(&d, SLICE("Run"))};
	faults = (struct dp_faults){0};
	bool good = dp_run_expand(&run, &out, slice_of(text), &faults);
	const char *first = faults.n ? faults.items[0].text : "";
	if (good || !strstr(first, why))
		fprintf(stderr, "%s: %s, not %s\n", text, good ? "good" : first, why);
	CHECK(!good && faults.failed && strstr(first, why));
	/* What is wrong stays as it is. */
	CHECK(slice_is(buf_slice(&out), text));
	buf_free(&out);
}

static void
warns(const char *pattern, const char *why)
{
	faults = (struct dp_faults){0};
	joda_check(slice_of(pattern), &faults);
	if (why ? !faults.n || !strstr(faults.items[0].text, why) : faults.n)
		fprintf(stderr, "%s: %s\n", pattern, faults.n ? faults.items[0].text : "good");
	CHECK(!faults.failed);
	CHECK(why ? faults.n && strstr(faults.items[0].text, why) : !faults.n);
}

static void
test_values(void)
{
	gives("plain # { text }", "plain # { text }");
	gives("", "");
	gives("#{1 + 2 * 3}", "7");
	gives("#{(1 + 2) * 3 - -1}", "10");
	gives("#{1 / 2}", "0");
	gives("#{1.0 / 2}", "0.5");
	gives("#{2 ^ 2}", "4.0");
	gives("#{\"hel\" + 'lo'} #{'a' + 1}", "hello a1");
	gives("#{'a}b' + \"it's\"}", "a}bit's");
	gives("#{myWord}", "from \"base\"");
	gives("#{role}", "r"); /* of Default, by way of Base */
	gives("#{myWhere} #{myNumber * 2}", "there 14");
	gives("#{input.directoryPath}", "s3://b/there/");
	gives("#{schedule.period} #{name} #{type}", "1 days Run ShellCommandActivity");
	gives("#{parent.@id}", "Base");
	gives_in("Data", "#{parent.@id}", "Data");
	gives("#{*mySecret}", "#{*mySecret}"); /* not known before the run */
	gives("#{@pipelineId}/x", "#{@pipelineId}/x");
	gives("#{'x' + myList}", "#{'x' + myList}");
	gives_in("Alarm", "#{node.@scheduledStartTime} #{node.name}",
	    "#{node.@scheduledStartTime} #{node.name}");
}

static void
test_times(void)
{
	gives("#{@scheduledStartTime}", "2026-11-25T21:30:00");
	gives("#{format(plusHours(@scheduledStartTime,9),'YYYY-MM-dd')}", "2026-11-26");
	gives("#{format(minusDays(@scheduledEndTime, 1), 'YYYY-MM-dd HH:mm:ss z')}",
	    "2026-11-25 21:30:00 UTC");
	gives("#{format(myDate,\"YYYY-MM-dd'T'HH:mm:ss''Z\")}", "2011-05-24T17:10:00'+0000");
	gives(
	    "#{year(myDate)} #{month(myDate)} #{day(myDate)} #{dayOfYear(myDate)} #{hour(myDate)} "
	    "#{minute(myDate)}",
	    "2011 5 24 144 17 10");
	gives("#{firstOfMonth(myDate)} #{midnight(myDate)} #{sunday(myDate)} #{yesterday(myDate)}",
	    "2011-05-01T17:10:00 2011-05-24T00:00:00 2011-05-22T17:10:00 2011-05-23T17:10:00");
	gives("#{makeDate(2011,5,24)} #{makeDateTime(2011,5,24,14,21)}",
	    "2011-05-24T00:00:00 2011-05-24T14:21:00");
	gives("#{plusMonths(makeDate(2027,1,31),1)} #{minusMonths(makeDate(2028,3,31),1)}",
	    "2027-02-28T00:00:00 2028-02-29T00:00:00");
	gives(
	    "#{plusYears(makeDate(2028,2,29),1)} #{minusYears(myDate,1)} #{minusMonths(myDate,5)}",
	    "2029-02-28T00:00:00 2010-05-24T17:10:00 2010-12-24T17:10:00");
	gives("#{plusWeeks(myDate,1)} #{minusMinutes(myDate,-5)}",
	    "2011-05-31T17:10:00 2011-05-24T17:15:00");
	gives("#{format(myDate,'E EEEE MMM MMMM a h K k D e xxxx-ww yy C SSS Z ZZ')}",
	    "Tue Tuesday May May PM 5 5 17 144 2 2011-21 11 20 000 +0000 +00:00");
	gives("#{format(makeDate(2027,1,1),'xxxx ww')}", "2026 53");
	gives("#{format(midnight(myDate),'kk hh KK a')}", "24 12 00 AM");
}

static void
test_errors(void)
{
	refused("#{", "a value is missing");
	refused("#{myWord", "} of the expression is missing");
	refused("#{myWord myWord}", "} of the expression is missing");
	refused("#{'open}", "a quote is not closed");
	refused("#{(1}", ") is missing");
	refused("#{1 +}", "a value is missing");
	refused("#{1 / 0}", "not a number");
	refused("#{9223372036854775807 + 1}", "not a number");
	refused("#{99999999999999999999}", "too large");
	refused("#{'a' * 2}", "needs numbers");
	refused("#{nope}", "nope is not a field or parameter");
	refused("#{formt(myDate,'YYYY')}", "formt is not a function, did you mean format?");
	refused("#{format(myDate)}", "format takes 2 arguments, not 1");
	refused("#{format(1,'YYYY')}", "argument 1 of format is a whole number, not a time");
	refused("#{format(myWord,'YYYY')}", "argument 1 of format is text, not a time");
	refused("#{plusDays(myDate,'x')}", "argument 2 of plusDays is text, not a whole number");
	refused("#{format(myDate,'YYYY-bb')}", "b is not a letter");
	refused("#{makeDate(2026,2,29)}", "not a date that exists");
	refused("#{plusYears(myDate,9000)}", "not a date that exists");
	refused("#{node.@id}", "in an SnsAlarm or a precondition only");
	refused("#{myWord.x}", "not a reference field");
	refused("#{myLoop}", "leads through expressions back to itself");
	refused("#{((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))}",
	    "too many parentheses");
	/* Each of several. */
	struct buf out = {0};
	struct dp_run run = {.d = &d, .object = dp_object(&d, SLICE("Run"))};
	faults = (struct dp_faults){0};
	CHECK(!dp_run_expand(&run, &out, SLICE("#{a} #{myWord} #{b}"), &faults));
	CHECK(faults.n == 2 && slice_is(buf_slice(&out), "#{a} from \"base\" #{b}"));
	buf_free(&out);
}

static void
test_patterns(void)
{
	warns("YYYY-MM-dd HH:mm:ss.SSS", NULL);
	warns("hh:mm a", NULL);
	warns("xxxx-'W'ww-e", NULL);
	warns("HHmm", NULL);
	warns("YYYY-MM-dd hh:mm:ss", "12-hour clock");
	warns("YYYY-mm-dd", "mm is the minute");
	warns("YYYY-MM-DD", "D is the day of the year");
	warns("kk:mm", "24 for midnight");
	warns("HH:mm:SS", "fraction");
	warns("xxxx-MM", "year of the week");
	warns("YYYY-ww", "New Year");
	warns("YYYY 'x", "not closed");
}

static void
test_periods(void)
{
	int64_t seconds = 0;
	CHECK(dp_period(SLICE("1 Day"), &seconds) && seconds == 86400);
	CHECK(dp_period(SLICE("15 minutes"), &seconds) && seconds == 900);
	CHECK(dp_period(SLICE("2 HOURS"), &seconds) && seconds == 7200);
	CHECK(dp_period(SLICE("3 years"), &seconds));
	CHECK(!dp_period(SLICE("1day"), &seconds));
	CHECK(!dp_period(SLICE("0 days"), &seconds));
	CHECK(!dp_period(SLICE("-1 days"), &seconds));
	CHECK(!dp_period(SLICE("1 fortnight"), &seconds));
	CHECK(!dp_period(SLICE("days"), &seconds));
	CHECK(!dp_period(SLICE("1 "), &seconds));
	CHECK(!dp_period(SLICE(""), &seconds));
}

/* An edit changes the text of the value, and no other byte. */
static void
test_edits(void)
{
	const struct dp_field *period = dp_field(&d, dp_object(&d, SLICE("Daily")), "period", NULL);
	const struct dp_field *value = dp_parameter(&d, SLICE("myWhere"));
	CHECK(period && value);
	struct dp_edit edits[] = {
	    {period->at, SLICE("2 \"d\"")}, {value->at, SLICE("everywhere, at any time of a day")}};
	struct buf json = {0}, mp = {0}, again = {0}, ours = {0};
	CHECK(dp_edit_json(&json, SLICE(definition), &d, edits, 2));
	struct buf wanted = {0};
	const char *at = strstr(definition, "\"1 days\""), *then = strstr(definition, "\"there\"");
	buf_put(&wanted, definition, (size_t)(at - definition));
	buf_put_text(&wanted, "\"2 \\\"d\\\"\"");
	buf_put(&wanted, at + 8, (size_t)(then - at) - 8);
	buf_put_text(&wanted, "\"everywhere, at any time of a day\"");
	buf_put_text(&wanted, then + 7);
	CHECK(slice_equal(buf_slice(&json), buf_slice(&wanted)));
	dp_edit_msgpack(&mp, &d, edits, 2);
	struct json_error error;
	CHECK(json_to_msgpack(buf_slice(&json), JSON_DUPLICATES_ERROR, &again, &error));
	CHECK(slice_equal(buf_slice(&again), buf_slice(&mp)));
	/* None at all. */
	CHECK(dp_edit_json(&ours, SLICE(definition), &d, NULL, 0));
	CHECK(slice_equal(buf_slice(&ours), SLICE(definition)));
	buf_free(&ours);
	CHECK(!dp_edit_json(&ours, SLICE("{\"a\"}"), &d, edits, 2));
	buf_free(&json);
	buf_free(&mp);
	buf_free(&again);
	buf_free(&ours);
	buf_free(&wanted);
}

static void
test_forms(void)
{
	static const char wire[] =
	    "{\"pipelineObjects\": [{\"id\": \"Run\", \"name\": \"R\", \"fields\": ["
	    "{\"key\": \"type\", \"stringValue\": \"ShellCommandActivity\"},"
	    "{\"key\": \"runsOn\", \"refValue\": \"Ec2\"}, {\"key\": \"scriptArgument\", "
	    "\"stringValue\": \"a\"}, {\"key\": \"scriptArgument\", \"stringValue\": \"b\"}]}],"
	    "\"parameterObjects\": [{\"id\": \"myX\", \"attributes\": [{\"key\": \"default\", "
	    "\"stringValue\": \"1\"}]}], \"parameterValues\": [{\"id\": \"myX\", \"stringValue\": "
	    "\"2\"}]}";
	struct dp_definition w;
	struct json_error error;
	CHECK(!dp_read(&w, SLICE(wire), &error));
	CHECK(w.is_wire && w.objects_n == 1 && slice_is(w.objects->type, "ShellCommandActivity"));
	const struct dp_field *f = dp_field(&w, w.objects, "scriptArgument", NULL);
	CHECK(f && slice_is(f->value, "a") && slice_is(dp_next_value(w.objects, f)->value, "b"));
	CHECK(dp_field(&w, w.objects, "runsOn", NULL)->kind == DP_VALUE_REF);
	CHECK(slice_is(dp_parameter(&w, SLICE("myX"))->value, "2"));
	dp_free(&w);
	CHECK(dp_read(&w, SLICE("[]"), &error) && !error.what);
	dp_free(&w);
	CHECK(dp_read(&w, SLICE("{\"objects\": "), &error) && error.what);
	dp_free(&w);
	CHECK(dp_read(&w, SLICE("{\"a\": 1}"), &error));
	dp_free(&w);
	/* Anything as an object, a field, a value. */
	CHECK(!dp_read(&w,
	    SLICE("{\"objects\": [1, null, {\"id\": 5, \"a\": {\"ref\": 1}, \"b\": [[]]}]}"),
	    &error));
	CHECK(w.objects_n == 3 && w.objects[2].n == 3);
	dp_free(&w);
	CHECK(!dp_read(&w, SLICE("{\"pipelineObjects\": {}, \"parameterValues\": 1}"), &error));
	CHECK(!w.objects_n);
	dp_free(&w);
}

int
main(void)
{
	struct json_error error;
	CHECK(!dp_read(&d, SLICE(definition), &error));
	test_values();
	test_times();
	test_errors();
	test_patterns();
	test_periods();
	test_edits();
	test_forms();
	dp_free(&d);
	return unit_done("datapipeline");
}
