import { describe, expect, it } from 'vitest';

import { goQueryValues, parseGoUrl, splitGoHost } from './go-url.js';

describe('parseGoUrl', () => {
  it.each<[text: string, parts: object]>([
    ['https://u:p@h:1/a b?c#d', { scheme: 'https', user: 'u:p', host: 'h:1', escapedPath: '/a%20b', query: 'c', fragment: 'd' }],
    ['HTTP://[fe80::1%25en0]:80/', { scheme: 'http', host: '[fe80::1%en0]:80', escapedPath: '/' }],
    ['mailto:a@b', { scheme: 'mailto', opaque: 'a@b', host: '' }],
    ['//h/p', { scheme: '', host: 'h', escapedPath: '/p' }],
    ['///p', { host: '', escapedPath: '///p' }],
    ["/!*'()/%2f/é", { escapedPath: "/%21%2A%27%28%29///%C3%A9" }],
    ["/!*'()/%2f", { escapedPath: "/!*'()/%2f" }],
    ['tcp://a:1:2', { host: 'a:1:2' }],
    ['', { scheme: '', host: '', escapedPath: '' }],
  ])('takes %s apart', (text, parts) => expect(parseGoUrl(text)).toMatchObject(parts));

  it.each([
    [':', 'parse ":": missing protocol scheme'],
    ['a:b/c'.replace('a', '1a'), 'parse "1a:b/c": first path segment in URL cannot contain colon'],
    ['http://h:x', 'parse "http://h:x": invalid port ":x" after host'],
    ['http://a:1:2/', 'parse "http://a:1:2/": invalid port ":1:2" after host'],
    ['http://a b/', 'parse "http://a b/": invalid character " " in host name'],
    ['http://%41/', 'parse "http://%41/": invalid URL escape "%41"'],
    ['/%zz', 'parse "/%zz": invalid URL escape "%zz"'],
    ['x#%zz', 'parse "x#%zz": invalid URL escape "%zz"'],
    ['http://[::1', 'parse "http://[::1": missing \']\' in host'],
    ['http://u^@h', 'parse "http://u^@h": net/url: invalid userinfo'],
    ['a\u0007', 'parse "a\\a": net/url: invalid control character in URL'],
  ])('refuses %s', (text, problem) => expect(parseGoUrl(text)).toEqual({ problem }));

  it('takes for a request only what is absolute', () => {
    expect(parseGoUrl('a/b', { request: true })).toEqual({ problem: 'parse "a/b": invalid URI for request' });
    expect(parseGoUrl('', { request: true })).toEqual({ problem: 'parse "": empty url' });
    expect(parseGoUrl('/a#b', { request: true })).toMatchObject({ escapedPath: '/a%23b', fragment: '' });
  });

  it('splits a host and reads a query as Go does', () => {
    expect([splitGoHost('h:1'), splitGoHost('[::1]:2'), splitGoHost('h')]).toEqual([{ hostname: 'h', port: '1' }, { hostname: '::1', port: '2' }, { hostname: 'h', port: '' }]);
    expect([...goQueryValues('a=1&a=%41+b&c&x;y&%=1&=e')]).toEqual([['a', ['1', 'A b']], ['c', ['']], ['', ['e']]]);
  });
});
