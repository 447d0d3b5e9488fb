// post.cpp - closed-loop POST load (Linux, one file, no dependencies).
//
//   g++ -O2 -std=c++17 -o post post.cpp
//   ./post HOST:PORT/PATH CONNECTIONS SECONDS ITEMS
//
// Every connection posts one insight (ITEMS = 1) or an array of ITEMS, waits for the answer and posts
// again. Prints one JSON object: requests/s, items/s, latency, and answers that were not 2xx.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>
using std::string;

static double now() { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return double(t.tv_sec) + double(t.tv_nsec) / 1e9; }
struct Conn { int fd; double sent; string in; size_t left; };
static string request;

static void send_all(Conn& c) {
  c.sent = now();
  c.left = request.size();
  while (c.left) {
    ssize_t n = send(c.fd, request.data() + (request.size() - c.left), c.left, MSG_NOSIGNAL);
    if (n <= 0) { perror("post: send"); exit(2); }
    c.left -= size_t(n);
  }
}

int main(int argc, char** argv) {
  if (argc < 5) { fprintf(stderr, "post: see the comment at the head of post.cpp\n"); return 2; }
  string url = argv[1];
  size_t slash = url.find('/'), colon = url.find(':');
  string host = url.substr(0, colon), path = url.substr(slash);
  int port = atoi(url.c_str() + colon + 1), conns = atoi(argv[2]), items = atoi(argv[4]);
  double seconds = atof(argv[3]);
  string item = "{\"entity_id\":\"cust_20417\",\"prediction_type\":\"churn_risk\",\"risk_score\":83.5,\"explanation\":\"Sessions fell by 62 % in seven days while the plan renews next week.\",\"recommendations\":[\"Call the account owner\",\"Offer the annual plan\"],\"model_used\":\"gbm-7\",\"confidence\":0.91,\"labels\":{\"team\":\"growth\",\"region\":\"eu-1\"}}";
  string body = item;
  if (items > 1) { body = "["; for (int i = 0; i < items; i++) body += (i ? "," : "") + item; body += "]"; }
  request = "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  int ep = epoll_create1(0);
  std::vector<Conn> all(static_cast<size_t>(conns));
  sockaddr_in a{}; a.sin_family = AF_INET; a.sin_port = htons(uint16_t(port)); inet_pton(AF_INET, host.c_str(), &a.sin_addr);
  for (size_t i = 0; i < all.size(); i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a)) { perror("post: connect"); return 2; }
    all[i].fd = fd;
    epoll_event e{}; e.events = EPOLLIN; e.data.u64 = i; epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
  for (Conn& c : all) send_all(c);
  std::vector<double> latency;
  size_t done = 0, bad = 0;
  double begin = now(), end = begin + seconds;
  static char buf[1 << 18];
  epoll_event evs[256];
  while (now() < end) {
    int n = epoll_wait(ep, evs, 256, 100);
    for (int i = 0; i < n; i++) {
      Conn& c = all[evs[i].data.u64];
      ssize_t k = recv(c.fd, buf, sizeof buf, 0);
      if (k <= 0) { fprintf(stderr, "post: a connection was closed\n"); return 1; }
      c.in.append(buf, size_t(k));
      size_t head = c.in.find("\r\n\r\n");
      if (head == string::npos) continue;
      string h = c.in.substr(0, head + 2);
      for (char& ch : h) ch = char(tolower(ch));
      size_t p = h.find("\r\ncontent-length:"), total = string::npos;
      if (p != string::npos) total = head + 4 + strtoul(h.c_str() + p + 17, nullptr, 10);
      else { size_t q = c.in.find("\r\n0\r\n\r\n", head); if (q != string::npos) total = q + 7; }
      if (total == string::npos || c.in.size() < total) continue;
      int status = atoi(h.c_str() + 9);
      if (status < 200 || status > 299) bad++;
      c.in.erase(0, total);
      latency.push_back(now() - c.sent);
      done++;
      send_all(c);
    }
  }
  double wall = now() - begin;
  std::sort(latency.begin(), latency.end());
  auto at = [&](double q) { return latency.empty() ? 0 : latency[size_t(q * double(latency.size() - 1))] * 1000; };
  printf("{\"requests\":%zu,\"per_s\":%.0f,\"items_per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"bad\":%zu}\n", done, double(done) / wall, double(done) * items / wall, at(.5), at(.99), bad);
  return bad ? 1 : 0;
}
