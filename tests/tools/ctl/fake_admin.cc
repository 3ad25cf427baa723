#include "tests/tools/ctl/fake_admin.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "protocol/base/check.h"
#include "tools/ctl/dispatch.h"

namespace signet::ctl {
namespace {

size_t content_length(const std::string& head) {
  const size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::strtoull(head.c_str() + at + 16, nullptr, 10);
}

// Reads one request; false when the peer is gone.
bool read_request(int connection, std::string& pending, FakeRequest& to) {
  std::array<char, 65536> buffer;
  while (true) {
    const size_t end = pending.find("\r\n\r\n");
    if (end != std::string::npos) {
      const size_t size = end + 4 + content_length(pending.substr(0, end + 2));
      if (pending.size() >= size) {
        const size_t first = pending.find(' ');
        const size_t second = pending.find(' ', first + 1);
        to = {pending.substr(0, first), pending.substr(first + 1, second - first - 1),
              pending.substr(end + 4, size - end - 4)};
        pending.erase(0, size);
        return true;
      }
    }
    const ssize_t count = recv(connection, buffer.data(), buffer.size(), 0);
    if (count <= 0) return false;
    pending.append(buffer.data(), static_cast<size_t>(count));
  }
}

}  // namespace

std::string http_answer(int status, const std::string& body) {
  return fmt::format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                     body.size(), body);
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "signetctl-test-XXXXXX").string();
  SIGNET_CHECK(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, const std::string& text) const {
  std::ofstream(file(name), std::ios::binary) << text;
  return file(name);
}

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

FakeAdmin::FakeAdmin(Answer answer) : answer_(std::move(answer)) {
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path().c_str(), sizeof address.sun_path - 1);
  SIGNET_CHECK(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  SIGNET_CHECK(listen(listener_, 16) == 0);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeAdmin::~FakeAdmin() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  }
  for (std::thread& server : servers_) server.join();
  for (const int connection : connections_) close(connection);
  close(listener_);
}

std::vector<FakeRequest> FakeAdmin::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeAdmin::accept_all() {
  while (true) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    const std::lock_guard lock(mutex_);
    connections_.push_back(connection);
    servers_.emplace_back([this, connection] { serve(connection); });
  }
}

void FakeAdmin::serve(int connection) {
  std::string pending;
  FakeRequest request;
  while (read_request(connection, pending, request)) {
    std::string octets;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      octets = answer_(request);
    }
    send(connection, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (octets.empty() || close_after_answer_) break;
  }
  shutdown(connection, SHUT_RDWR);
}

RunResult run_ctl(const std::vector<std::string>& arguments, const std::string& input) {
  const Streams streams{std::tmpfile(), std::tmpfile(), std::tmpfile()};
  SIGNET_CHECK(streams.in != nullptr && streams.out != nullptr && streams.err != nullptr);
  std::fwrite(input.data(), 1, input.size(), streams.in);
  std::rewind(streams.in);
  RunResult result;
  result.status = run_signetctl(arguments, streams);
  const auto text_of = [](std::FILE* file) {
    std::string text;
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
    std::fclose(file);
    return text;
  };
  result.out = text_of(streams.out);
  result.err = text_of(streams.err);
  std::fclose(streams.in);
  return result;
}

}  // namespace signet::ctl
