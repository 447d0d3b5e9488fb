// Stands in for the native part of aws-lambda-ric, which can't be built everywhere: the same three calls over HTTP.
const { Module } = require('node:module')
const { request } = require('node:http')

const load = Module._load
Module._load = (name, ...rest) => (name.endsWith('rapid-client.node') ? client : load(name, ...rest))

const path = '/2018-06-01/runtime/invocation/'
let posted = Promise.resolve()

function send(method, target, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const url = `http://${process.env.AWS_LAMBDA_RUNTIME_API}${path}${target}`
    const sent = request(url, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => (text += piece))
      response.on('end', () => resolve({ bodyJson: text, headers: response.headers }))
    })
    sent.on('error', reject).end(body)
  })
}

const client = {
  async next() {
    await posted
    return send('GET', 'next')
  },
  done(id, body) {
    posted = send('POST', `${id}/response`, body)
  },
  error(id, body) {
    posted = send('POST', `${id}/error`, body)
  },
}
