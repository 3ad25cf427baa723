// http_echo_bench: a ServerLoop that answers every request with a fixed 700-octet body, to be driven by wrk beside
// other servers. `http_echo_bench PORT [SECONDS]`; port 0 with --self-test runs one exchange and ends.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "daemon/http/loop_counters.h"
#include "daemon/http/server_loop.h"

namespace {

using namespace signet::http;

constexpr size_t kBodySize = 700;

class FixedAnswer : public Handler {
 public:
  std::optional<size_t> on_head(const Request&, Responder&) override { return 64 * 1024; }
  void on_request(const Request& request, Responder& responder) override {
    // Composed as the token endpoint does it: head and body as one string.
    std::string_view date = responder.date_field();
    char* p = octets_;
    p = put(p, "HTTP/1.1 200 OK\r\n");
    p = put(p, date);
    p = put(p, "Content-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: 700\r\n\r\n");
    std::memset(p, 'x', kBodySize);
    responder.respond_serialized(request.id, {octets_, static_cast<size_t>(p - octets_) + kBodySize});
  }

 private:
  static char* put(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  char octets_[1024];
};

int self_test(uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return 1;
  constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  if (send(client, kRequest.data(), kRequest.size(), 0) < 0) return 1;
  size_t got = 0;
  char buffer[4096];
  for (ssize_t part = 0; (part = recv(client, buffer, sizeof buffer, 0)) > 0;) got += static_cast<size_t>(part);
  close(client);
  return got > kBodySize ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool testing = argc > 1 && std::string_view(argv[1]) == "--self-test";
  FixedAnswer handler;
  Limits limits;
  limits.connections_per_address_max = 0;
  auto loop = ServerLoop::create(limits, handler);
  const auto port = static_cast<uint16_t>(argc > 1 && !testing ? std::atoi(argv[1]) : 0);
  const std::string error = loop->listen({.host = "127.0.0.1", .port = port}, false);
  if (!error.empty()) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 0;
  int result = 0;
  std::thread stopper([&] {
    if (testing) result = self_test(loop->bound_port(0));
    if (!testing && seconds == 0) return;
    std::this_thread::sleep_for(std::chrono::seconds(testing ? 0 : seconds));
    loop->drain(100);
  });
  loop->run();
  stopper.join();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double cpu_us = 1e6 * static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                        static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  const auto requests = static_cast<double>(loop->counters().requests.read());
  std::printf(
      "requests %.0f, CPU per request %.2f us (user %.2f)\n", requests, cpu_us / requests,
      (1e6 * static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec)) / requests);
  return result;
}
