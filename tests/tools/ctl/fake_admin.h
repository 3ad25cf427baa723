// FakeAdmin: a stand-in for the daemon's admin socket. It answers each request with what the test's function gives, so
// that answers no real daemon would send can be tried too.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace signet::ctl {

struct FakeRequest {
  std::string method;
  std::string target;
  std::string body;
};

// http_answer: a well-formed answer with a JSON body.
std::string http_answer(int status, const std::string& body);

// A temporary directory that goes with its object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  // Writes a file and gives its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

// file_text: the whole file; "" when there is none.
std::string file_text(const std::string& path);

class FakeAdmin {
 public:
  // `answer` gives the octets to send back; the connection is closed after an empty text or one that does not end the
  // way an answer of this fake does. Called on a thread per connection, one at a time.
  using Answer = std::function<std::string(const FakeRequest&)>;
  explicit FakeAdmin(Answer answer);
  ~FakeAdmin();
  FakeAdmin(const FakeAdmin&) = delete;
  FakeAdmin& operator=(const FakeAdmin&) = delete;

  std::string socket_path() const { return directory_.file("admin.sock"); }
  std::vector<FakeRequest> requests() const;
  // From now on the connection is closed after each answer.
  void close_after_answer() { close_after_answer_ = true; }

 private:
  void accept_all();
  void serve(int connection);
  TemporaryDirectory directory_;
  Answer answer_;
  mutable std::mutex mutex_;
  std::vector<FakeRequest> requests_;
  std::atomic<bool> close_after_answer_ = false;
  int listener_ = -1;
  std::vector<int> connections_;
  std::vector<std::thread> servers_;
  std::thread acceptor_;
};

struct RunResult {
  int status = 0;
  std::string out;
  std::string err;
};

// run_ctl runs signetctl in process.
RunResult run_ctl(const std::vector<std::string>& arguments, const std::string& input = "");

}  // namespace signet::ctl
