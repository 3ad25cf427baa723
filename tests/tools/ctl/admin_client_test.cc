// The admin connection when the other side is absent, broken or gone.
#include "tools/ctl/admin_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "tests/tools/ctl/fake_admin.h"

namespace signet::ctl {
namespace {

std::string failure_of(AdminClient& client) {
  const auto answer = client.call("GET", "/v1/status");
  return answer ? "" : answer.error().text;
}

// What signetctl says when the daemon answers with `octets` and closes.
std::string failure_after(const std::string& octets) {
  FakeAdmin admin([&](const FakeRequest&) { return octets; });
  admin.close_after_answer();
  AdminClient client(admin.socket_path());
  return failure_of(client);
}

TEST(AdminClient, KeepsItsConnectionForTheNextRequest) {
  FakeAdmin admin([](const FakeRequest& request) { return http_answer(200, "{\"t\":\"" + request.target + "\"}"); });
  AdminClient client(admin.socket_path());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.call("POST", "/v1/x", "{}");
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->body, "{\"t\":\"/v1/x\"}");
  }
  EXPECT_EQ(admin.requests().size(), 3u);
  EXPECT_EQ(admin.requests()[0].body, "{}");
}

TEST(AdminClient, TakesAnswersOfRequestsOnTheirWayInOrder) {
  int count = 0;
  FakeAdmin admin([&](const FakeRequest& request) {
    return ++count == 1 ? http_answer(200, request.target) + http_answer(409, "/2") : std::string();
  });
  AdminClient client(admin.socket_path());
  ASSERT_TRUE(client.send_request("POST", "/1", "{}"));
  ASSERT_TRUE(client.send_request("POST", "/2", "{}"));
  EXPECT_EQ(client.receive_answer().value().body, "/1");
  EXPECT_EQ(client.receive_answer().value().status, 409);
  EXPECT_FALSE(client.receive_answer());  // nothing was asked
}

TEST(AdminClient, ConnectsAnewAfterConnectionClose) {
  FakeAdmin admin([](const FakeRequest&) {
    return std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
  });
  admin.close_after_answer();
  AdminClient client(admin.socket_path());
  EXPECT_EQ(failure_of(client), "");
  EXPECT_EQ(failure_of(client), "");
}

TEST(AdminClient, SaysHowToStartADaemonThatIsNotThere) {
  const TemporaryDirectory directory;
  AdminClient client(directory.file("admin.sock"));
  EXPECT_NE(failure_of(client).find("start the daemon"), std::string::npos);
}

TEST(AdminClient, SaysThatNobodyListensOnALeftOverSocket) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("admin.sock");
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  close(descriptor);
  AdminClient client(path);
  EXPECT_NE(failure_of(client).find("nobody listens"), std::string::npos);
}

TEST(AdminClient, RefusesAPathThatNoSocketCanHave) {
  AdminClient client("/" + std::string(200, 'x'));
  EXPECT_NE(failure_of(client).find("longer than"), std::string::npos);
}

TEST(AdminClient, NeverTakesATruncatedAnswerForAResult) {
  const std::string whole = http_answer(200, "{\"clients\":[]}");
  for (size_t size = 1; size < whole.size(); size += 7) {
    EXPECT_NE(failure_after(whole.substr(0, size)), "") << size;
  }
  EXPECT_NE(failure_after("").find("without an answer"), std::string::npos);
}

TEST(AdminClient, SaysThatAStrangerAnswers) {
  EXPECT_NE(failure_after("220 mail.example ESMTP\r\n").find("no Signet daemon"), std::string::npos);
  EXPECT_NE(failure_after("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n").find("too large"),
            std::string::npos);
}

TEST(AdminClient, EndsWaitingAtItsDeadline) {
  const TemporaryDirectory directory;
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, directory.file("s").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  AdminClient client(directory.file("s"), 50);
  EXPECT_NE(failure_of(client).find("did not answer within"), std::string::npos);
  close(listener);
}

TEST(AdminClient, TellsTheDaemonsMessage) {
  EXPECT_EQ(failure_after(http_answer(409, R"({"error":"conflict","message":"client exists"})")), "client exists");
  EXPECT_EQ(failure_after(http_answer(400, R"({"error":"bad_request"})")), "bad_request");
  EXPECT_EQ(failure_after(http_answer(500, "<html>")), "the daemon refused with HTTP status 500");
  EXPECT_NE(failure_after(http_answer(503, R"({"message":"busy"})")).find("status"), std::string::npos);
}

TEST(AdminClient, DoesNotLetAMessageRewriteTheTerminal) {
  EXPECT_EQ(failure_after(http_answer(409, "{\"message\":\"a\\u001b[2Jb\"}")), "a\\x1b[2Jb");
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(percent_encode("../a b?c#d%\n\xC3\xA4"), "..%2Fa%20b%3Fc%23d%25%0A%C3%A4");
}

}  // namespace
}  // namespace signet::ctl
