// FreedBy: how a std::unique_ptr ends an object of a C library, by the library's function for it.
#pragma once

namespace signet {

template <auto kFree>
struct FreedBy {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

}  // namespace signet
