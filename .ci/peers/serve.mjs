// Serves a folder as a host would: node serve.mjs HOST DIR CONFIG PORT.
//
// netlify and vercel read the folder's rules with these hosts' own parsers,
// firebase is its emulator's server, s3 runs the CloudFront functions. Azure has
// no part of its own to ask: its rules are ours, after its documentation.
// What a host does with files (media types by mime-db, validators, the slash
// of folders) is told here after its documentation.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import vm from 'node:vm';
import mimeTypes from 'mime-types';

const [host, dir, config, port] = process.argv.slice(2);

// find is the file at a path, and whether the path lacks a slash.
function find(path) {
  let name;
  try {
    name = join(dir, decodeURIComponent(path));
  } catch {
    return {};
  }
  if (!existsSync(name)) return {};
  if (!statSync(name).isDirectory()) return path.endsWith('/') ? {} : { file: name };
  const index = join(name, 'index.html');
  return existsSync(index) ? { file: index, folder: !path.endsWith('/') } : {};
}

// send answers with a file, and with 304 where the client has it.
function send(req, res, file, status, headers) {
  const body = readFileSync(file);
  const etag = `"${createHash('sha1').update(body).digest('hex')}"`;
  const media = mimeTypes.lookup(file) || 'application/octet-stream';
  const all = { 'content-type': media.startsWith('text/') ? `${media}; charset=utf-8` : media, etag, ...headers };
  for (const name of Object.keys(all)) if (all[name] === '') delete all[name];
  if (status === 200 && (req.headers['if-none-match'] || '').replace(/^W\//, '') === etag) {
    delete all['content-type'];
    res.writeHead(304, all).end();
    return;
  }
  res.writeHead(status, all);
  res.end(req.method === 'HEAD' ? undefined : body);
}

const lower = (fields) => Object.fromEntries(Object.entries(fields).map(([k, v]) => [k.toLowerCase(), v]));

// A host is (req, res, path) => answer.
const hosts = {
  async netlify() {
    const { parseAllHeaders } = await import('netlify-headers-parser');
    const { parseAllRedirects } = await import('netlify-redirect-parser');
    const parsed = await parseAllHeaders({ headersFiles: [join(dir, '_headers')], configHeaders: [], minimal: false });
    const moved = await parseAllRedirects({ redirectsFiles: [join(dir, '_redirects')], configRedirects: [], minimal: false });
    for (const e of [...parsed.errors, ...moved.errors]) throw e;
    const bare = (p) => p.replace(/(.)\/$/, '$1');
    const matches = (from, p) => from.endsWith('/*') ? p.startsWith(from.slice(0, -1)) : bare(decodeURI(from)) === bare(decodeURI(p));
    return (req, res, path) => {
      const fields = { 'cache-control': 'public,max-age=0,must-revalidate' };
      const seen = new Set();
      for (const rule of parsed.headers) {
        if (!rule.forRegExp.test(path)) continue;
        for (const [name, value] of Object.entries(lower(rule.values))) {
          // Two rules for one field: the values may be joined, and the file is wrong.
          fields[name] = seen.has(name) ? `${fields[name]}, ${value}` : value;
          seen.add(name);
        }
      }
      const hidden = ['/_headers', '/_redirects'].includes(path);
      const { file, folder } = hidden ? {} : find(path);
      if (file && folder) return res.writeHead(301, { location: path + '/' }).end();
      if (file) return send(req, res, file, 200, fields);
      for (const r of moved.redirects) {
        const from = r.from ?? r.path;
        if (!matches(from, path)) continue;
        if (r.status === 404) return send(req, res, find(r.to).file, 404, fields);
        return res.writeHead(r.status, { location: r.to }).end();
      }
      const page = find('/404.html').file;
      return page ? send(req, res, page, 404, fields) : res.writeHead(404).end();
    };
  },

  async vercel() {
    const { getTransformedRoutes } = await import('@vercel/routing-utils');
    const { routes, error } = getTransformedRoutes(JSON.parse(readFileSync(join(dir, 'vercel.json'), 'utf8')));
    if (error) throw new Error(JSON.stringify(error));
    return (req, res, path) => {
      const fields = { 'cache-control': 'public, max-age=0, must-revalidate' };
      for (const route of routes) {
        if (route.handle === 'filesystem') break;
        const match = new RegExp(route.src).exec(path);
        if (!match) continue;
        const values = lower(route.headers || {});
        for (const name of Object.keys(values)) values[name] = values[name].replace(/\$(\d)/g, (_, n) => match[n] ?? '');
        Object.assign(fields, values);
        if (route.status) return res.writeHead(route.status, fields).end();
        if (!route.continue) break;
      }
      const { file } = path === '/vercel.json' ? {} : find(path);
      if (file) return send(req, res, file, 200, fields);
      const page = find('/404.html').file;
      return page ? send(req, res, page, 404, fields) : res.writeHead(404, fields).end();
    };
  },

  async firebase() {
    const superstatic = (await import('superstatic')).default;
    const { hosting } = JSON.parse(readFileSync(join(config, 'firebase.json'), 'utf8'));
    const page = join(dir, '404.html');
    superstatic.server({ port: Number(port), host: '127.0.0.1', hostname: '127.0.0.1', config: hosting, cwd: config, errorPage: existsSync(page) ? page : undefined }).listen();
  },

  async azure() {
    const conf = JSON.parse(readFileSync(join(dir, 'staticwebapp.config.json'), 'utf8'));
    const matches = (route, p) => {
      const m = /^(.*)\*(?:\.\{(.*)\})?$/.exec(route);
      if (!m) return route === p;
      return p.startsWith(m[1]) && (!m[2] || m[2].split(',').some((ext) => p.endsWith('.' + ext)));
    };
    return (req, res, path) => {
      const fields = { 'cache-control': 'public, must-revalidate, max-age=30', ...lower(conf.globalHeaders) };
      const route = (conf.routes || []).find((r) => matches(r.route, path));
      if (route?.redirect) return res.writeHead(route.statusCode || 302, { location: route.redirect }).end();
      Object.assign(fields, lower(route?.headers || {}));
      const { file, folder } = path === '/staticwebapp.config.json' ? {} : find(path);
      if (file && folder) return res.writeHead(301, { location: path + '/' }).end();
      const typed = (name) => {
        const ext = /\.[^./]*$/.exec(name)?.[0].toLowerCase();
        const media = conf.mimeTypes?.[ext];
        return media ? { 'content-type': media } : {};
      };
      if (file) return send(req, res, file, 200, { ...typed(file), ...fields });
      const page = conf.responseOverrides?.['404']?.rewrite;
      return page ? send(req, res, find(page).file, 404, fields) : res.writeHead(404, fields).end();
    };
  },

  async s3() {
    const read = (name) => readFileSync(join(config, name), 'utf8');
    const { objects } = JSON.parse(read('objects.json'));
    const bucket = new Map(objects.map((o) => [o.key, o]));
    const errors = existsSync(join(config, 'error-responses.json')) ? JSON.parse(read('error-responses.json')) : { Items: [] };
    const policy = JSON.parse(read('headers-policy.json'));
    const run = (name) => vm.runInNewContext(`${read(name)}\nhandler`);
    const request = run('viewer-request.js'), response = run('viewer-response.js');
    const shared = () => {
      const fields = {};
      const s = policy.SecurityHeadersConfig || {};
      if (s.ContentTypeOptions) fields['x-content-type-options'] = 'nosniff';
      if (s.ReferrerPolicy) fields['referrer-policy'] = s.ReferrerPolicy.ReferrerPolicy;
      if (s.ContentSecurityPolicy) fields['content-security-policy'] = s.ContentSecurityPolicy.ContentSecurityPolicy;
      for (const c of policy.CustomHeadersConfig?.Items || []) fields[c.Header.toLowerCase()] = c.Value;
      return fields;
    };
    return (req, res, path) => {
      const asked = request({ request: { method: req.method, uri: path, headers: {}, querystring: {} } });
      if (asked.statusCode) {
        const fields = Object.fromEntries(Object.entries(asked.headers).map(([k, v]) => [k, v.value]));
        return res.writeHead(asked.statusCode, fields).end();
      }
      const object = (uri) => bucket.get(decodeURIComponent(uri).slice(1));
      const of = (o) => ({ 'content-type': o.content_type, 'cache-control': o.cache_control, ...shared() });
      const found = object(asked.uri);
      if (!found) {
        const page = errors.Items.find((i) => i.ErrorCode === 403)?.ResponsePagePath;
        return page ? send(req, res, join(dir, object(page).path), 404, of(object(page))) : res.writeHead(404).end();
      }
      const headers = Object.fromEntries(Object.entries(of(found)).map(([k, v]) => [k, { value: v }]));
      const answered = response({ request: asked, response: { statusCode: 200, headers } });
      return send(req, res, join(dir, found.path), 200, Object.fromEntries(Object.entries(answered.headers).map(([k, v]) => [k, v.value])));
    };
  },
};

const answer = await hosts[host]();
if (answer) {
  createServer((req, res) => {
    const path = new URL(req.url, 'http://host').pathname;
    try {
      answer(req, res, path);
    } catch (e) {
      console.error(path, e);
      res.writeHead(500).end();
    }
  }).listen(Number(port), '127.0.0.1');
}
