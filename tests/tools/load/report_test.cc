#include "tools/load/report.h"

#include <gtest/gtest.h>

#include "protocol/json/reader.h"

namespace signet::load {
namespace {

Measurement thousand() {
  Measurement measurement;
  for (uint64_t i = 1; i <= 1000; ++i) measurement.latency_ns.record(i * 1'000'000);
  measurement.answered = 1000;
  measurement.seconds = 2;
  return measurement;
}

TEST(ReportJson, HasExactlyThePinnedMembersInOrder) {
  const auto json = read_json(report_json(thousand()), {.allow_fractions = true});
  ASSERT_TRUE(json);
  std::string names;
  for (const JsonMember& member : *json->as_object()) names += member.name + " ";
  EXPECT_EQ(names, "requests_per_s p50_ms p99_ms p999_ms errors ");
  EXPECT_EQ(json->find("requests_per_s")->as_number(), 500);
  EXPECT_NEAR(*json->find("p50_ms")->as_number(), 500, 2.5);
  EXPECT_NEAR(*json->find("p99_ms")->as_number(), 990, 5);
  EXPECT_NEAR(*json->find("p999_ms")->as_number(), 999, 5);
  EXPECT_EQ(json->find("errors")->as_integer(), 0);
}

TEST(ReportJson, IsJsonEvenWhenNothingWasMeasured) {
  const auto json = read_json(report_json({}), {.allow_fractions = true});
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("requests_per_s")->as_number(), 0);
  EXPECT_EQ(json->find("p99_ms")->as_number(), 0);
}

TEST(ReportJson, CountsEveryKindOfError) {
  Measurement measurement = thousand();
  measurement.bad_status = 1;
  measurement.bad_answer = 20;
  measurement.closed = 300;
  measurement.not_connected = 4000;
  measurement.wrong_answer = 100'000;
  measurement.not_revoked = 2'000'000;
  measurement.unanswered = 50000;  // late, not wrong
  EXPECT_NE(report_json(measurement).find("\"errors\":2104321}"), std::string::npos);
}

TEST(Remarks, AreSilentAboutAGoodRun) { EXPECT_EQ(report_remarks(thousand(), {}), ""); }

TEST(Remarks, SayWhenTheGeneratorWasTheLimit) {
  Measurement measurement = thousand();
  measurement.busiest = 0.94;
  EXPECT_EQ(report_remarks(measurement, {}), "");
  measurement.busiest = 0.97;
  EXPECT_NE(report_remarks(measurement, {}).find("the generator was the limit"), std::string::npos);
  EXPECT_NE(report_remarks(measurement, {}).find("97%"), std::string::npos);
}

TEST(Remarks, SayWhenTheServerDidNotKeepUp) {
  Measurement measurement = thousand();
  measurement.unanswered = 7;
  EXPECT_NE(report_remarks(measurement, {.rate = 10}).find("7 arrivals were unanswered"), std::string::npos);
}

TEST(Remarks, ShowTheFirstError) {
  Measurement measurement = thousand(), second;
  measurement.bad_status = 2;
  measurement.first_error = "status 401 {}";
  second.first_error = "another";
  measurement.add(second);
  EXPECT_NE(report_remarks(measurement, {}).find("2 errors: 2 not 2xx"), std::string::npos);
  EXPECT_NE(report_remarks(measurement, {}).find("status 401 {}"), std::string::npos);
}

TEST(Remarks, SayWhatEndedEarly) {
  Measurement measurement = thousand();
  measurement.ended = 3;
  measurement.why_ended = "the tokens were used up";
  EXPECT_EQ(report_remarks(measurement, {.connections = 8}),
            "3 of 8 connections ended before the run did: the tokens were used up\n");
}

TEST(Remarks, TellOfRevocationsBesideTheLoad) {
  Measurement measurement = thousand();
  measurement.revoked = 7;
  measurement.revocation_ns.record(2'000'000);
  EXPECT_NE(report_remarks(measurement, {}).find("7 revocations were made meanwhile"), std::string::npos);
}

TEST(Measurement, AddsUpWorkers) {
  Measurement one = thousand();
  Measurement two = thousand();
  two.busiest = 0.5;
  one.add(two);
  EXPECT_EQ(one.answered, 2000u);
  EXPECT_EQ(one.requests_per_s(), 1000);  // two threads at the same time
  EXPECT_EQ(one.busiest, 0.5);
}

TEST(Table, ShowsTheLoop) {
  EXPECT_NE(report_table(thousand(), {}).find("closed loop"), std::string::npos);
  EXPECT_NE(report_table(thousand(), {.rate = 1500}).find("open loop, 1500 arrivals/s"), std::string::npos);
}

}  // namespace
}  // namespace signet::load
