package io.chaski.ca.internal.authority;

/** Names of fields in the journal. They are on disks: none ever changes its meaning. */
final class Fields {

    static final String URI = "uri";
    static final String KEY = "key";
    static final String SERIAL = "serial";
    static final String SERIALS = "serials";
    static final String NOT_AFTER = "notAfter";
    static final String USAGE = "usage";
    static final String CERTIFICATE = "certificate";
    static final String TOKEN = "token";
    static final String EXPIRES = "expires";
    static final String GENERATION = "generation";
    static final String RENEWS = "renews";
    static final String FROM = "from";
    static final String WHAT = "what";
    static final String WHY = "why";
    static final String NUMBER = "number";
    static final String PROBLEM = "problem";
    static final String DETAIL = "detail";
    static final String SUPPRESSED = "suppressed";
    static final String TRUST_DOMAIN = "trustDomain";
    static final String ROOT = "root";
    static final String VERSION = "version";
    static final String TEXT = "text";

    private Fields() {}
}
