// signetctl bench, with small scripts in the places of signetd and signet-load.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "protocol/json/reader.h"
#include "tests/tools/ctl/fake_admin.h"
#include "tools/ctl/bench/child.h"
#include "tools/ctl/bench/disk.h"
#include "tools/ctl/bench/figures.h"
#include "tools/ctl/bench/measure.h"
#include "tools/ctl/bench/private_daemon.h"

namespace signet::ctl {
namespace {

constexpr const char* kGood = R"({"requests_per_s":1000.0,"p50_ms":0.1,"p99_ms":0.5,"p999_ms":0.9,"errors":0})"
                              "\n";

// Programs as scripts, an admin socket, and a directory to work in.
class Bench : public testing::Test {
 protected:
  void script(const std::string& name, const std::string& text) {
    chmod(bin_.write(name, "#!/bin/sh\n" + text).c_str(), 0700);
  }
  // signetd that links the fake admin socket to where its own would be.
  void good_signetd() {
    script("signetd", "mkdir \"$3\" && ln -s " + admin_.socket_path() +
                          " \"$3/admin.sock\" && echo ready && echo $$ > " + bin_.file("pid") + " && exec sleep 60\n");
  }
  void load_that(const std::string& text) {
    script("signet-load", "echo \"$@\" >> " + bin_.file("calls") + "\n" + text + "\n");
  }
  RunResult bench(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "bench");
    arguments.insert(arguments.end(), {"--bin-dir", bin_.file("."), "--data-dir", place()});
    return run_ctl(arguments);
  }
  // Not under the temporary directory, which may be in memory.
  std::string place() const { return place_.string(); }
  void SetUp() override { std::filesystem::create_directory(place_); }
  void TearDown() override {
    EXPECT_TRUE(std::filesystem::is_empty(place_)) << "something was left behind";
    std::filesystem::remove_all(place_);
  }
  bool signetd_lives() const {
    const std::string pid = file_text(bin_.file("pid"));
    return !pid.empty() && kill(std::stoi(pid), 0) == 0;
  }

  TemporaryDirectory bin_;
  std::filesystem::path place_ = std::filesystem::current_path() / ("bench-test-" + std::to_string(getpid()));
  FakeAdmin admin_{[](const FakeRequest&) { return http_answer(200, R"({"client_secret":"s"})"); }};
};

TEST_F(Bench, MeasuresEveryAlgorithmAndCleansUp) {
  good_signetd();
  load_that(std::string("echo '") + R"({"requests_per_s":1000.0,"p99_ms":0.5,"errors":0})" + "'");
  const RunResult result = bench({"--alg", "EdDSA", "--alg", "HS256", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto json = read_json(result.out, {.allow_fractions = true});
  ASSERT_TRUE(json) << result.out;
  ASSERT_EQ(json->find("algorithms")->as_array()->size(), 2u);
  const JsonValue& second = (*json->find("algorithms")->as_array())[1];
  EXPECT_EQ(*second.find_string("alg"), "HS256");
  for (const char* what : {"tokens", "refreshes", "checks", "never_seen_checks"})
    EXPECT_EQ(second.find(what)->find("per_s")->as_number(), 1000) << what;
  EXPECT_FALSE(signetd_lives());
  const std::string calls = file_text(bin_.file("calls"));
  EXPECT_NE(calls.find("refresh --connections 128"), std::string::npos) << calls;
  EXPECT_NE(calls.find("--distribution never-seen"), std::string::npos);
  EXPECT_EQ(calls.find(" s "), std::string::npos);  // the secret travels in a file
  // HMAC needs a key of its own; every client may refresh.
  ASSERT_EQ(admin_.requests().size(), 3u);
  EXPECT_EQ(admin_.requests()[1].body, R"({"alg":"HS256","audience":"urn:demo"})");
  EXPECT_NE(admin_.requests()[2].body.find("refresh_token"), std::string::npos);
}

TEST_F(Bench, LeavesOutWhatIsNotAskedFor) {
  good_signetd();
  load_that(std::string("echo '") + R"({"requests_per_s":1000.0,"p99_ms":0.5,"errors":0})" + "'");
  const RunResult result = bench({"--alg", "EdDSA", "--only", "tokens"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("fdatasync"), std::string::npos);
  EXPECT_NE(result.out.find("one core: about 1,000 tokens/s with EdDSA"), std::string::npos) << result.out;
  const std::string calls = file_text(bin_.file("calls"));
  EXPECT_EQ(calls.find("refresh"), std::string::npos);
  EXPECT_EQ(calls.find("introspect"), std::string::npos);
}

TEST_F(Bench, FailsWithWhatTheGeneratorSaid) {
  good_signetd();
  for (const auto& [script, why] :
       {std::pair{"echo broken pipe dream >&2; exit 1", "broken pipe dream"},
        {"echo nonsense", "no figures"},
        {"echo '{}'", "no requests_per_s"},
        {"kill -9 $$", "ended with 137"},
        {"echo '{\"requests_per_s\":5.0,\"p99_ms\":1.0,\"errors\":7}'", "7 errors"},
        {"echo '{\"requests_per_s\":0.0,\"p99_ms\":1.0,\"errors\":0}'", "no good answer"}}) {
    load_that(script);
    const RunResult result = bench({"--alg", "EdDSA"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(why), std::string::npos) << result.err;
    EXPECT_FALSE(signetd_lives());
  }
}

TEST_F(Bench, FailsWithTheLogOfADaemonThatDoesNotStart) {
  load_that("exit 1");
  script("signetd", "echo no room on this disk >&2; exit 1\n");
  const RunResult result = bench({});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("no room on this disk"), std::string::npos) << result.err;
}

TEST_F(Bench, SaysWhichProgramIsMissing) {
  EXPECT_NE(bench({}).err.find("signetd is not in"), std::string::npos);
  good_signetd();
  const RunResult result = bench({});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("signet-load is not in"), std::string::npos) << result.err;
}

TEST_F(Bench, TakesNoFiguresInMemory) {
  good_signetd();
  load_that("exit 1");
  const RunResult result = run_ctl({"bench", "--bin-dir", bin_.file("."), "--data-dir", "/dev/shm"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("in memory (tmpfs)"), std::string::npos) << result.err;
  EXPECT_FALSE(signetd_lives());
}

TEST_F(Bench, SaysWhenItMayNotWriteWhereItShould) {
  good_signetd();
  load_that("exit 1");
  const RunResult result = run_ctl({"bench", "--bin-dir", bin_.file("."), "--data-dir", "/nonexistent"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("--data-dir"), std::string::npos) << result.err;
}

TEST_F(Bench, EndsAndCleansUpWhenInterrupted) {
  good_signetd();
  load_that("exec sleep 60");
  std::thread interrupt([this] {
    while (file_text(bin_.file("calls")).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    kill(getpid(), SIGTERM);
  });
  const RunResult result = bench({"--alg", "EdDSA"});
  interrupt.join();
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("interrupted"), std::string::npos) << result.err;
  EXPECT_FALSE(signetd_lives());
}

TEST(LoadFigures, AreReadWholeOrNotAtAll) {
  EXPECT_EQ(read_load_figures(kGood)->per_s, 1000);
  EXPECT_EQ(read_load_figures(kGood)->p99_ms, 0.5);
  for (const char* text : {"", "[]", "{\"requests_per_s\":1}", "{\"requests_per_s\":\"1\",\"p99_ms\":1,\"errors\":0}"})
    EXPECT_FALSE(read_load_figures(text)) << text;
}

TEST(Disk, SaysWhatItIsOnAndHowLongASyncTakes) {
  const auto disk = measure_disk(std::filesystem::current_path().string());
  ASSERT_TRUE(disk) << disk.error();
  EXPECT_FALSE(disk->file_system.empty());
  EXPECT_LE(disk->fdatasync_ms_median, disk->fdatasync_ms_p99);
  EXPECT_TRUE(measure_disk("/dev/shm")->in_memory);
  EXPECT_FALSE(measure_disk("/nonexistent"));
}

BenchFigures two_algorithms() {
  return {.directory = "/d",
          .disk = {.file_system = "ext4", .fdatasync_ms_median = 0.5, .fdatasync_ms_p99 = 2},
          .cpu = "a CPU",
          .algorithms = {{.algorithm = "EdDSA", .tokens = Rate{47'312, 1.5}, .refreshes = Rate{30'000, 4}},
                         {.algorithm = "RS256", .tokens = Rate{512, 90}}}};
}

TEST(Sizing, CountsCoresHalfBusy) {
  const BenchFigures figures = two_algorithms();
  EXPECT_NEAR(*cores_for(figures.algorithms[0], {.clients = 900'000, .every_s = 60}), 1.0, 1e-9);
  EXPECT_NEAR(*cores_for(figures.algorithms[1], {.clients = 256'000, .every_s = 100}), 10.0, 1e-9);
  EXPECT_FALSE(cores_for({.algorithm = "none"}, {}));
  EXPECT_FALSE(cores_for({.algorithm = "none", .tokens = Rate{0, 0}}, {}));
}

TEST(Sizing, SaysItInALine) {
  const std::string text = sizing_text(two_algorithms(), {.clients = 1'000'000, .every_s = 900});
  EXPECT_NE(text.find("one core: about 47,000 tokens/s with EdDSA, 510 with RS256\n"), std::string::npos) << text;
  EXPECT_NE(text.find("1,000,000 clients that refresh every 900 s ask 1,100 times a second"), std::string::npos)
      << text;
  EXPECT_NE(text.find("8% of a core with EdDSA, 4.4 cores with RS256"), std::string::npos) << text;
  EXPECT_EQ(sizing_text({}, {}), "");
}

TEST(Figures, AreJsonWithNullForWhatWasNotMeasured) {
  const auto json = read_json(figures_json(two_algorithms(), {}), {.allow_fractions = true});
  ASSERT_TRUE(json);
  const JsonValue& rsa = (*json->find("algorithms")->as_array())[1];
  EXPECT_TRUE(rsa.find("refreshes")->is_null());
  EXPECT_TRUE(rsa.find("checks")->is_null());
  EXPECT_EQ(rsa.find("tokens")->find("per_s")->as_number(), 512);
  EXPECT_EQ(*json->find_string("file_system"), "ext4");
}

TEST(Child, IsKilledWithItsObject) {
  const InterruptGuard guard;
  TemporaryDirectory directory;
  const std::string out = directory.file("out");
  {
    auto child = Child::start({.command = {"/bin/sh", "-c", "echo $$; exec sleep 60"}, .output = out, .errors = out});
    ASSERT_TRUE(child) << child.error();
    while (!file_text(out).ends_with('\n')) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_FALSE(child->wait(20));
  }
  EXPECT_NE(kill(std::stoi(file_text(out)), 0), 0);
}

TEST(Child, GivesItsStatus) {
  const InterruptGuard guard;
  TemporaryDirectory directory;
  const std::string out = directory.file("out");
  for (const auto& [command, status] : {std::pair{"exit 3", 3}, {"kill -15 $$", 143}}) {
    auto child = Child::start({.command = {"/bin/sh", "-c", command}, .output = out, .errors = out});
    ASSERT_TRUE(child);
    EXPECT_EQ(child->wait(10'000), status);
  }
  EXPECT_FALSE(Child::start({.command = {"/nonexistent"}, .output = out, .errors = out}));
}

}  // namespace
}  // namespace signet::ctl
