// Under valgrind: the presented secret is marked undefined, so that any jump or address that depends on it is an error
// (a compare whose time depends on the secret gives it away: CWE-208). With the argument `control` it compares with
// memcmp instead, which must be found: otherwise the test could not fail.
#include <valgrind/memcheck.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "keystore/clients/client_record.h"
#include "keystore/clients/client_secret.h"

int main(int argc, char** argv) {
  using namespace signet;
  if (!RUNNING_ON_VALGRIND) {
    std::puts("run me under valgrind");
    return 77;  // skipped
  }
  if (!digest_start()) return 2;
  HashKey key;
  key.fill(9);
  const Pepper pepper(1, std::span<const HashKey>(&key, 1));
  const std::string right = "correct-horse-battery-staple-0123456789~._A";
  Client client;
  client.client_id = "poisoned";
  client.secrets = {pepper.hash(0, "poisoned", right, 1), pepper.hash(0, "poisoned", right + "2", 2)};
  const auto record = make_client_record(client);

  std::string presented = right;
  presented.back() = argc > 2 ? 'B' : 'A';
  VALGRIND_MAKE_MEM_UNDEFINED(presented.data(), presented.size());
  int found = 0;
  if (argc > 1 && std::strcmp(argv[1], "control") == 0) {
    found = std::memcmp(presented.data(), right.data(), right.size()) == 0 ? 1 : 0;
  } else {
    found = pepper.verify(record.get(), 0, "poisoned", presented);
    found += pepper.verify(nullptr, 0, "nobody", presented);
  }
  VALGRIND_MAKE_MEM_DEFINED(&found, sizeof found);
  std::printf("%d\n", found);
  return 0;
}
