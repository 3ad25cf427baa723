// ServerLoop: listeners, hooks, drain, credentials.
#include "daemon/http/server_loop.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/daemon/http/http_rig.h"

namespace signet::http {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/signet-http-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

constexpr std::string_view kGet = "GET /p HTTP/1.1\r\nHost: h\r\n\r\n";

ListenAddress unix_at(const std::string& path) { return {.kind = ListenAddress::Kind::kUnix, .path = path}; }

TEST(ListenAddress, Parses) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8420")->port, 8420);
  EXPECT_EQ(parse_listen_address("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_listen_address("unix:/run/x.sock")->path, "/run/x.sock");
  for (const char* bad : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:8x", "localhost:80",
                          "::1:80", "[127.0.0.1]:80", "[::1]", "unix:", "1.2.3:80", "[::1]:-1", "127.0.0.1:+80"}) {
    EXPECT_FALSE(parse_listen_address(bad)) << bad;
  }
}

TEST(ListenAddress, TellsLoopback) {
  for (const char* local : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "unix:/x"}) {
    EXPECT_TRUE(is_loopback(*parse_listen_address(local))) << local;
  }
  for (const char* wide : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "[::ffff:10.0.0.1]:1", "128.0.0.1:1"}) {
    EXPECT_FALSE(is_loopback(*parse_listen_address(wide))) << wide;
  }
}

TEST(ProbeBind, FindsAPortThatIsTakenEvenWithReusePort) {
  EchoHandler handler;
  auto loop = ServerLoop::create({}, handler);
  ASSERT_EQ(loop->listen({.host = "127.0.0.1"}, true), "");
  const ListenAddress taken{.host = "127.0.0.1", .port = loop->bound_port(0)};
  EXPECT_NE(probe_bind(taken).find("in use"), std::string::npos);
  auto sharing = ServerLoop::create({}, handler);
  EXPECT_EQ(sharing->listen(taken, true), "");
  auto alone = ServerLoop::create({}, handler);
  EXPECT_NE(alone->listen(taken, false), "");
  loop.reset();
  sharing.reset();
  EXPECT_EQ(probe_bind(taken), "");
}

TEST(ProbeBind, NamesABadAddress) {
  EXPECT_NE(probe_bind({.host = "not-an-address", .port = 1}), "");
  EXPECT_NE(probe_bind(unix_at(std::string(200, 'x'))), "");
}

TEST(UnixSocket, HasItsModeServesAndIsRemoved) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s");
  {
    EchoHandler handler;
    handler.on_request_hook = [](const SeenRequest& seen, Responder&) { return seen.peer != "unix"; };
    HttpRig rig(handler, {}, unix_at(path));
    struct stat status{};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    RawClient client(path);
    client.send(kGet);
    EXPECT_EQ(status_of(client.read_answer()), 200);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(UnixSocket, StaleFileIsReplacedAndALiveOneIsNot) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s");
  EchoHandler handler;
  {
    HttpRig rig(handler, {}, unix_at(path));
    std::filesystem::create_hard_link(path, folder.file("kept"));  // what a killed process leaves behind
    auto other = ServerLoop::create({}, handler);
    EXPECT_NE(other->listen(unix_at(path), false).find("in use"), std::string::npos);
    EXPECT_NE(probe_bind(unix_at(path)), "");
    RawClient client(path);
    client.send(kGet);
    EXPECT_EQ(status_of(client.read_answer()), 200);
  }
  std::filesystem::rename(folder.file("kept"), path);
  EXPECT_EQ(probe_bind(unix_at(path)), "");
  HttpRig rig(handler, {}, unix_at(path));
  RawClient client(path);
  client.send(kGet);
  EXPECT_EQ(status_of(client.read_answer()), 200);
}

TEST(UnixSocket, OrdinaryFileIsNeverRemoved) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s");
  std::ofstream(path) << "precious";
  EchoHandler handler;
  EXPECT_NE(ServerLoop::create({}, handler)->listen(unix_at(path), false), "");
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST(UnixSocket, TellsPeerCredentialsAndTcpDoesNot) {
  const TemporaryFolder folder;
  std::optional<PeerCredentials> seen;
  HttpRig* running = nullptr;
  EchoHandler handler;
  handler.on_request_hook = [&](const SeenRequest& request, Responder&) {
    seen = peer_credentials(running->loop(), request.id);
    return false;
  };
  {
    HttpRig rig(handler, {}, unix_at(folder.file("s")));
    running = &rig;
    RawClient client(folder.file("s"));
    client.send(kGet);
    client.read_answer();
    rig.on_loop([] {});  // orders the handler's writes before our reads
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->uid, getuid());
    EXPECT_EQ(seen->pid, static_cast<uint32_t>(getpid()));
  }
  HttpRig rig(handler);
  running = &rig;
  exchange(rig.port(), kGet);
  rig.on_loop([] {});
  EXPECT_FALSE(seen);
}

TEST(Listener, AcceptedSocketsDoNotDelaySmallAnswers) {
  EchoHandler handler;
  std::atomic<int> no_delay{0};
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send(kGet);
  client.read_answer();
  rig.on_loop([&] {
    // The server's side is the socket whose peer is the client's.
    for (int descriptor = 0; descriptor < 256; ++descriptor) {
      sockaddr_in peer{};
      sockaddr_in self{};
      socklen_t size = sizeof peer;
      socklen_t self_size = sizeof self;
      if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
      getsockname(client.descriptor(), reinterpret_cast<sockaddr*>(&self), &self_size);
      if (peer.sin_port != self.sin_port) continue;
      int value = 0;
      socklen_t value_size = sizeof value;
      getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &value, &value_size);
      no_delay = value;
    }
  });
  EXPECT_EQ(no_delay, 1);
}

TEST(Hooks, AnswersGivenAfterThePollLeaveInTheSameIteration) {
  EchoHandler handler;
  std::vector<ExchangeId> queued;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    queued.push_back(seen.id);
    return true;
  };
  HttpRig rig(handler);
  int carried = 0;
  rig.on_loop([&] {
    rig.loop().set_hooks([] {},
                         [&] {
                           // One per call: the rest is carried over, and the loop must come back without blocking.
                           if (queued.empty()) return false;
                           ++carried;
                           rig.loop().responder().respond(queued.back(), Response{.body = "later"});
                           queued.pop_back();
                           return !queued.empty();
                         });
  });
  RawClient client(rig.port());
  std::string many;
  for (int i = 0; i < 5; ++i) many += kGet;
  client.send(many);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(body_of(client.read_answer(2000)), "later");
  rig.on_loop([&] { rig.loop().set_hooks(nullptr, nullptr); });
  EXPECT_EQ(carried, 5);
}

TEST(Hooks, WakePassesThePrepareHookOfAnIdleLoop) {
  EchoHandler handler;
  HttpRig rig(handler);
  std::atomic<int> passes{0};
  rig.on_loop([&] { rig.loop().set_hooks([&] { ++passes; }, nullptr); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const int before = passes;
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(passes, before);  // an idle loop sleeps
  rig.loop().wake();
  EXPECT_TRUE(HttpRig::eventually([&] { return passes > before; }));
  rig.on_loop([&] { rig.loop().set_hooks(nullptr, nullptr); });
}

TEST(Hooks, AnswersGivenInThePrepareHookAreSent) {
  EchoHandler handler;
  std::optional<ExchangeId> waiting;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    waiting = seen.id;
    return true;
  };
  HttpRig rig(handler);
  rig.on_loop([&] {
    rig.loop().set_hooks(
        [&] {
          if (waiting) rig.loop().responder().respond(*waiting, Response{.body = "prepared"});
        },
        nullptr);
  });
  RawClient client(rig.port());
  client.send(kGet);
  EXPECT_EQ(body_of(client.read_answer()), "prepared");
  rig.on_loop([&] { rig.loop().set_hooks(nullptr, nullptr); });
}

TEST(Drain, AnswersWhatIsInFlightThenEnds) {
  EchoHandler handler;
  ExchangeId id;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    id = seen.id;
    return true;
  };
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send(kGet);
  ASSERT_TRUE(HttpRig::eventually([&] { return handler.requests == 1; }));
  rig.loop().drain(5000);
  rig.on_loop([] {});
  EXPECT_FALSE(rig.ended);
  rig.on_loop([&] { rig.loop().responder().respond(id, Response{.body = "last"}); });
  const std::string answer = client.read_all();
  EXPECT_EQ(body_of(answer), "last");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.ended.load(); }));
}

TEST(Drain, EndsIdleConnectionsAtOnce) {
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send(kGet);
  client.read_answer();
  rig.loop().drain(5000);
  EXPECT_TRUE(client.closed_by_peer(1000));
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.ended.load(); }));
}

TEST(Drain, ServesWhatWasQueuedInTheListener) {
  EchoHandler handler;
  HttpRig rig(handler);
  std::vector<RawClient> clients;
  std::atomic<bool> go{false};
  // While the loop is busy in this task, connections and their requests queue in the kernel.
  rig.loop().post([&] {
    while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back(rig.port());
    clients.back().send(kGet);
  }
  rig.loop().drain(5000);
  go = true;
  for (RawClient& client : clients) EXPECT_EQ(status_of(client.read_all()), 200);
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.ended.load(); }));
}

// Connects, asks and reads, again and again until it is not let in any more; says whether it was ever let in and then
// turned away.
bool turned_away_while_asking(uint16_t port) {
  while (true) {
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = 0, .tv_usec = 100'000};  // of connect: one that is not answered was not let in
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in to{
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    const bool connected = connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    bool answered = false;
    if (connected) {
      char first = 0;
      answered = send(client, kGet.data(), kGet.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(kGet.size()) &&
                 recv(client, &first, 1, 0) == 1;
    }
    close(client);
    if (!connected) return false;
    if (!answered) return true;
  }
}

TEST(Drain, WhoIsLetInWhileItBeginsIsAnswered) {
  for (int round = 0; round < 20; ++round) {
    EchoHandler handler;
    HttpRig rig(handler);
    std::atomic<int> turned_away{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 6; ++i) {
      clients.emplace_back([&] { turned_away += turned_away_while_asking(rig.port()) ? 1 : 0; });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    rig.loop().drain(5000);
    for (std::thread& client : clients) client.join();
    ASSERT_EQ(turned_away, 0) << "round " << round;
    EXPECT_TRUE(HttpRig::eventually([&] { return rig.ended.load(); }));
  }
}

TEST(Drain, NewConnectionIsRefusedAfterwards) {
  EchoHandler handler;
  HttpRig rig(handler);
  const uint16_t port = rig.port();
  rig.loop().drain(1000);
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.ended.load(); }));
  EXPECT_EQ(probe_bind({.host = "127.0.0.1", .port = port}), "");
}

TEST(Drain, DeadlineEndsItWithPeersThatStay) {
  EchoHandler handler;
  handler.on_request_hook = [](const SeenRequest&, Responder&) { return true; };  // never answered
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send(kGet);
  ASSERT_TRUE(HttpRig::eventually([&] { return handler.requests == 1; }));
  rig.loop().drain(300);
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.ended.load(); }));
}

TEST(Descriptors, RunningOutClosesNewcomersWithoutABusyLoop) {
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient honest(rig.port());
  honest.send(kGet);
  ASSERT_EQ(status_of(honest.read_answer()), 200);
  std::vector<RawClient> newcomers;
  newcomers.reserve(3);
  // The client's own sockets come first, then no descriptor is left for the server's side of them.
  std::atomic<bool> go{false};
  rig.loop().post([&] {
    while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  for (int i = 0; i < 3; ++i) newcomers.emplace_back(rig.port());
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int lowest_free = dup(0);
  close(lowest_free);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(lowest_free);
  setrlimit(RLIMIT_NOFILE, &none);
  go = true;
  for (RawClient& newcomer : newcomers) EXPECT_TRUE(newcomer.closed_by_peer());
  honest.send(kGet);
  EXPECT_EQ(status_of(honest.read_answer()), 200);
  rusage start{};
  rusage end{};
  getrusage(RUSAGE_SELF, &start);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  getrusage(RUSAGE_SELF, &end);
  const auto spent_us =
      (end.ru_utime.tv_sec + end.ru_stime.tv_sec - start.ru_utime.tv_sec - start.ru_stime.tv_sec) * 1'000'000 +
      (end.ru_utime.tv_usec + end.ru_stime.tv_usec - start.ru_utime.tv_usec - start.ru_stime.tv_usec);
  EXPECT_LT(spent_us, 100'000);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(rig.counters().refused_descriptors.read(), 3U);
  EXPECT_EQ(status_of(exchange(rig.port(), kGet)), 200);
}

}  // namespace
}  // namespace signet::http
